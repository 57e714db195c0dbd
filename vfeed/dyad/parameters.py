"""Every number that the dyad's rules use: one place, each with its unit and its reason.

None was fitted to labels. Where a value was chosen among several that anatomy and the ways of filming allow, the
rendered *tune* set had a say.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from vfeed.perception.head_pose import ADULT_FACIAL_LINE_DEG, INFANT_FACIAL_LINE_DEG


@dataclass(frozen=True, slots=True)
class DyadParameters:
    """Sizes, spreads, levels and durations; angles in degrees, lengths in mm, times in microseconds or seconds.

    Sizes and depth. A 6-12 month old's face is about .77 of an adult's in breadth and height (growth tables; 3-18
    months span .72-.82). Two people who play sit at depths that differ by `depth_spread_mm`; a single face size is
    wrong by `size_error` (age, person, expression), so a difference in depth seen in sizes is believed in proportion.

    Head and eyes. People turn the head for a share of a shift of gaze, counted from how the body rests, and the eyes
    for the rest (`head_share`: about two thirds for large shifts; less is needed in `pitch` to tell, and bodies lean).
    The body rests part of the way to the partner (`rest_towards_partner`: 0 it faces the lens, 1 the partner). How it
    rests in this clip, and by how much this person's head reads wrong, is one offset per person, expected within
    `rest_sd_deg` (yaw, pitch) and learned from the clip (dyad.calibration). On home film one person in five or so is
    read far off to a side (`misread_head_share`), within `misread_sd_deg`. What the head network states as the spread
    of a reading is mostly doubt about what stays the same for a while, which the offset takes up: the share of it that
    readings of this clip err by is one of `spread_scales`, learned from the clip too. `hypotheses` of offset, scale
    and place stand for all in what follows, each carried through the whole clip: a head that is read wrong by ten
    degrees is so in every frame, and no number of frames makes up for it. `head_idle_sd_deg` covers how loosely the
    head follows. In a `head_stays_share` of looks it hardly follows, within `head_stays_sd_deg`: glances with the eyes
    alone, which are common up to 20 degrees. `gaze_sd_deg` is the least error of any gaze: readings of one person err
    to one side for a while, which no number of frames makes up for.

    The mesh's zero of pitch is the facial line (root of the nose to chin), which leans: 3 degrees in adults (facial
    angle 87) and about 8 in infants, whose chin lies further back (facial angle about 82). A head level to the lens
    therefore reads lowered by so much.

    In a large shift the eyes land first, while the head still turns for about half a second: where the head is
    `head_lag_us` later says more about where the eyes are now. It is used only where the person is seen all the while.

    Objects are met on a surface between the two and below the lower face: fractions of the way, drops and distances
    towards the camera below span a table, a mat and a toy held up, each with a spread around it. "Elsewhere" is
    equally likely in all that head (`reach`) and eyes reach, but for a share of looks into the lens. Any reading is a
    mistake with `misread_share`. Before anything is seen the three are nearly equally likely (`prior`: partner, object,
    elsewhere): what people usually look at is not told to whoever looks at this film.

    Things in hands. Where hands were found (`hand_px` of the metrics) they are targets where they are, for the
    `hand_carried_us` around the frame in which they were looked for; the lens leaves open by about `hand_depth_mm` how
    far off it they are, and the thing may be in the hand or `held_rise_hands` of its height above it, within
    `held_spread_deg`. Of looks at objects a `held_share` is at something held up, or `held_share_untold` where hands
    were not looked for: then anywhere around the face, within `held_around_deg`. What a hand holds that is nearer to
    the face, in the frame, than the first of `before_face_sizes` (sizes of the face, from its middle) cannot be told
    from the eyes by where a head points; from the second on it can. That holds for `before_face_us` around a frame
    in which the hand was found, since hands that hold things are found in a third of frames: so it takes in 93 % of
    the real-like tune set's contacts that are looks at such a thing, and 19 % of the true ones. Likewise a face of
    which the first of `before_face_covered` is hidden has perhaps something before it, at the second surely. In such
    time a look there is at the thing with `before_face_share`: of the contacts stated then, 47 % are true.
    What a network sees in the way of a look at the parent's face (`occlusion` of the metrics) makes such a look one at
    an object by as much. It was trained on heads of which every second has something in the way; of looks towards a
    face in play it is one in four or five, so its odds count by `occlusion_odds` (.2 to .4 were the same within .01 of
    kappa on the real-like tune set and clips drawn like it). What is told of one person in all but `occlusion_usual`
    of their frames is how they look (a beard was taken for a hand) and counts for nothing.

    Two cameras, or a parent at the camera. The partner is then near the lens that films the person, at one of the
    directions below; people set cameras up beside a head, at its height (`beside_lens_sd_deg`, yaw and pitch). In a
    split screen each is usually shown looking across the seam.

    A reference for the clip. Frames `reference_step_us` apart speak for it; a look lasts, so they are independent only
    over `reference_independent_us`. A moment on which a person decided counts as much as
    `decision_weight` of them.

    Times. Looks at partner, object and elsewhere last about `infant_lasts_s` and `caregiver_lasts_s` on average, and at
    something held up `held_lasts_s`; readings of neighbouring frames err together over `frame_independent_us`. A
    face that is lost for no longer than `lost_moment_us` ends no look: one frame in twenty-five lost cut the F1
    of contact candidates from .56 to .40 (real-like tune set). A fifth of a second is the shortest look that human
    coders note often, and 5-20 % of looks are below half a second: such looks survive clear readings. A film in
    which the parent's face can be told for less than `contact_least_seen` of the time was made over their shoulder:
    no contact is asked of it. A parent waits when watching for `shortest_waiting_us` and `waiting_share` of a look
    away; contact again within `repair_us` after it is a repair.

    Confidence. Frames err together more than the model knows, so of its surest moments some are none: about one contact
    in twenty and one in ten of the rest on rendered films. `surest_contact` and `surest_other` are the most it states.
    """

    infant_face_scale: float = 0.77
    depth_spread_mm: float = 200.0
    size_error: float = 0.12
    depth_window_us: int = 3_000_000
    hold_place_us: int = 3_000_000
    face_radius_mm: float = 75.0

    head_share_yaw: float = 0.65
    head_share_pitch: float = 0.75
    head_share_sd: float = 0.08
    head_idle_sd_deg: float = 7.0
    head_stays_share: float = 0.2
    head_stays_sd_deg: float = 20.0
    head_lag_us: int = 300_000
    gaze_sd_deg: float = 8.0
    reach_yaw_deg: float = 150.0
    reach_pitch_deg: float = 60.0
    infant_facial_line_deg: float = INFANT_FACIAL_LINE_DEG
    caregiver_facial_line_deg: float = ADULT_FACIAL_LINE_DEG

    object_ways: tuple[float, ...] = (0.3, 0.5, 0.7)
    object_drops_mm: tuple[float, ...] = (120.0, 240.0)
    object_nearer_mm: tuple[float, ...] = (0.0, 120.0)
    object_spread_deg: float = 6.0
    object_spread_alone_deg: float = 12.0
    camera_share: float = 0.2
    misread_share: float = 0.02
    held_share: float = 0.4
    held_share_untold: float = 0.15
    held_lasts_s: float = 3.0
    held_spread_deg: float = 8.0
    held_around_deg: float = 20.0
    hand_depth_mm: float = 100.0
    held_rise_hands: float = 0.8
    hand_carried_us: int = 300_000
    before_face_share: float = 0.55
    before_face_sizes: tuple[float, float] = (1.0, 1.5)
    before_face_us: int = 800_000
    before_face_covered: tuple[float, float] = (0.15, 0.3)
    occlusion_odds: float = 0.3
    occlusion_usual: float = 0.25
    prior: tuple[float, float, float] = (0.4, 0.3, 0.3)

    beside_lens_yaws_deg: tuple[float, ...] = (-40.0, -32.0, -24.0, -16.0, -8.0, 0.0, 8.0, 16.0, 24.0, 32.0, 40.0)
    beside_lens_pitches_deg: tuple[float, ...] = (-8.0, 0.0, 8.0)
    beside_lens_sd_deg: tuple[float, float] = (18.0, 8.0)
    across_seam_deg: float = 10.0

    rest_towards_partner: float = 0.5
    rest_sd_deg: tuple[float, float] = (10.0, 7.0)
    misread_head_share: float = 0.2
    misread_sd_deg: tuple[float, float] = (24.0, 12.0)
    spread_scales: tuple[float, ...] = (0.3, 0.55, 1.0)
    hypotheses: int = 12
    infant_offset_deg: tuple[float, float] = (0.0, 0.0)
    caregiver_offset_deg: tuple[float, float] = (0.0, 0.0)
    """Yaw and pitch by which each person's head is known to be turned further than that."""
    reference_step_us: int = 400_000
    reference_independent_us: int = 1_600_000
    decision_weight: float = 3.0

    infant_lasts_s: tuple[float, float, float] = (1.8, 2.5, 1.5)
    caregiver_lasts_s: tuple[float, float, float] = (3.0, 2.5, 1.5)
    frame_independent_us: int = 100_000
    lost_moment_us: int = 300_000

    contact_least_seen: float = 0.1
    shortest_contact_us: int = 200_000
    join_contact_us: int = 200_000
    shortest_away_us: int = 400_000
    contact_before_us: int = 2_000_000
    shortest_bid_us: int = 500_000
    shortest_joint_us: int = 1_000_000
    joint_least_p: float = 0.6
    shortest_waiting_us: int = 1_000_000
    waiting_share: float = 0.7
    repair_us: int = 1_500_000

    surest_contact: float = 0.95
    surest_other: float = 0.9

    def as_dict(self) -> dict[str, object]:
        """Return the numbers as JSON-able values, for the analysis version."""
        return asdict(self)
