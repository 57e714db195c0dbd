"""Every number that the dyad's rules use: one place, each with its unit and its reason.

None was fitted to labels. The lean of the facial line and the head's lag behind the eyes were taken in after the
sample clips had shown that they matter; their values are ordinary anatomy and eye movement, not the clips' best ones.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from vfeed.perception.pose import ADULT_FACIAL_LINE_DEG, INFANT_FACIAL_LINE_DEG


@dataclass(frozen=True, slots=True)
class DyadParameters:
    """Sizes, spreads, levels and durations; angles in degrees, lengths in mm, times in microseconds.

    Sizes and depth. A 6-12 month old's face is about .77 of an adult's in breadth and height (growth tables; 3-18
    months span .72-.82). Two people who play sit at depths that differ by `depth_spread_mm`; a single face size is
    wrong by `size_error` (age, person, expression), so a difference in depth seen in sizes is believed in proportion.

    Head and eyes. People turn the head for a part of a large shift of gaze and the eyes for the rest; the rest
    direction is not known, so `head_share` is the middle of .6 (body to the lens) and 1 (body to the target), and its
    spread grows with the angle. `head_idle_sd_deg` covers glances that the head does not follow. `eye_sd_deg` is the
    iris reading's own error.

    The mesh's zero of pitch is the facial line (root of the nose to chin), which leans: 3 degrees in adults (facial
    angle 87) and about 8 in infants, whose chin lies further back (facial angle about 82). A head level to the lens
    therefore reads lowered by so much.

    In a large shift the eyes land first, while the head still turns for about half a second: where the head is
    `head_lag_us` later says more about where the eyes are now. It is used only where the person is seen all the while.

    Objects are met on a surface between the two and below the lower face: fractions of the way, drops and distances
    towards the camera below span a table, a mat and a toy held up. `away_area_deg2` is the reachable range of head
    directions (150 by 80 degrees), in which "elsewhere" is equally likely everywhere. Before anything is seen the
    three are nearly equally likely.

    Times. A fifth of a second is the shortest look that human coders note often, so smoothing stays below it.
    """

    infant_face_scale: float = 0.77
    depth_spread_mm: float = 200.0
    size_error: float = 0.12
    depth_window_us: int = 3_000_000
    hold_place_us: int = 3_000_000
    face_radius_mm: float = 75.0

    head_share_yaw: float = 0.8
    head_share_pitch: float = 0.75
    head_share_sd: float = 0.12
    head_idle_sd_deg: float = 8.0
    head_lag_us: int = 200_000
    eye_sd_deg: float = 8.0
    reach_yaw_deg: float = 150.0
    infant_facial_line_deg: float = INFANT_FACIAL_LINE_DEG
    adult_facial_line_deg: float = ADULT_FACIAL_LINE_DEG

    object_ways: tuple[float, ...] = (0.3, 0.5, 0.7)
    object_drops_mm: tuple[float, ...] = (120.0, 240.0)
    object_nearer_mm: tuple[float, ...] = (0.0, 120.0)
    away_area_deg2: float = 12_000.0
    prior_partner: float = 0.4
    prior_object: float = 0.3
    prior_away: float = 0.3

    infant_offset_deg: tuple[float, float] = (0.0, 0.0)
    adult_offset_deg: tuple[float, float] = (0.0, 0.0)
    """Yaw and pitch taken off each person's head before anything else: where a reference per clip goes in."""

    smooth_us: int = 200_000
    enter_partner: float = 0.55
    leave_partner: float = 0.4
    shortest_state_us: int = 160_000
    shortest_contact_us: int = 200_000
    join_contact_us: int = 200_000
    shortest_away_us: int = 400_000
    contact_before_us: int = 2_000_000
    shortest_bid_us: int = 500_000
    shortest_joint_us: int = 1_000_000
    joint_least_p: float = 0.6

    def as_dict(self) -> dict[str, object]:
        """The numbers as JSON-able values, for the analysis version."""
        return asdict(self)
