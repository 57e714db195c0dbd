"""Every number that perception uses beyond its networks' own: one place, each with its unit and its reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class PerceptionParameters:
    """Schedules in microseconds, lengths in px or head sizes (the longer side of a face's box), angles in degrees.

    Detection. The detector looks at the whole image every `detect_every_us` (about four times a second; real heads
    turn by 5-10 degrees between images and move by a tenth of their size, so a box may be carried for a while but
    not for long), brought down to `detect_side_px`; below a mean brightness of `dim_below` (0-255) the contrast is
    raised locally first (on dim real-like film faces found from .6 rose from 75 to 89 %). A detection starts a track
    from `start_score` and continues one from `continue_score`: on home film YuNet-s finds both faces in 99 / 86 % of
    mutual / all frames at .6 and in 100 / 96 % at .3. While fewer than `expected_people` are followed, the first search
    of a shot and every `turned_search_every`-th after it also look for heads on their side. Once they are, only every
    `whole_search_every`-th search looks at the whole image, about once a second; the others at the heads' places.

    Tracking. A detection continues a track within `reach_sizes` head sizes and `reach_sizes_per_s` more for each second
    since the last one, at most `largest_reach_sizes`, when the sizes differ by at most `largest_size_ratio` and the
    leans by `reach_roll_deg` and `reach_roll_deg_per_s` more: no upright head lies on its side a quarter of a second
    later, and the turned search takes folds and the backs of heads in profile for such heads. A track is tentative
    until it was detected `confirm_after` times, and ends when tentative and missed `tentative_misses` times running.
    Between detections its box is carried by the head network's own for at most `carry_at_most_us`; then it is lost, and
    ends after `forget_after_us`.

    Heads. A track is a head when the detector's mean score is `trusted_score` or more (the head network has never
    seen a real head), or when it is `least_score` and the network's mean probability `head_least` or more. A frame in
    which the network is below `head_least_now` and the last score was below `start_score` is not read. What is found
    in the turned image alone starts a track from `turned_start_score`: folds and hands pass there. Where the network
    states a spread of `read_again_from_deg` or more, it reads once more, on the box that it tells itself: detectors box
    an ear or the hair of a profile. That reading counts where its spread comes to `clearer_share` of the first at most.
    The track stays where the detector places it.

    Turning the crop. A crop is turned by the detector's eyes only where they lie at least `eyes_apart_share` of the
    box's width apart (nearer the front than about 50 degrees) and lean by at least `least_roll_deg`: smaller leans are
    within what the head network was trained on.

    Visibility. A face narrower than `small_below_px` is too small (an eye is 4 px wide), below `partly_below_px`
    partly seen. Mean brightness below `dark_below` (0-255) is the noise of a phone in the dark (dark skin in dim
    rooms reads 10-20 and is still read); `blurred_below` is the share of the face's contrast in fine detail at which
    even soft webcams (.003 at the least) no longer lie. `covered_from` of the face hidden is covered, from
    `partly_from_covered` partly seen; while the detector, too, has just missed the face, `partly_from_covered` is
    enough for covered. Hands over the face count as what they hide of its box, `hands_hide_from` at the least. A
    vague direction makes nobody unseen; but where the network knows of none at all (`no_direction_deg`; homes state
    10-38) and takes a `covered_undirected` of the face for hidden, it is covered (so told: 52 of 56 frames in which a
    head is found whose face is wholly hidden, and 34 of 13,283 in which it can be seen; sample clips and 36 clips
    drawn as the real-like tune set is). Where
    the angle told from the lens and its stated spread come to more than `face_gone_from_deg`, nothing of a face is left
    to be seen; not where the spread is `no_turn_deg` or more, as then nobody knows how the head is turned. (One angle
    for all, 102, judged wrongly the frames of 1.9 people of the real-like tune set and clips drawn like it, counted in
    shares of each one's frames; this judges 1.3 wrongly.)

    Occlusion. What is before a face is looked for every `occlusion_every_us`, every second frame at 12.5 a second, and
    carried in between: nothing changed by it (real-like tune set and clips drawn like it: contact kappa .63, F1 .77);
    in every third frame, contact kappa was .62.

    Parts. What may be left out, to see what it is worth (bench.ablation): hands, and clothing where pieces of one
    person are joined.

    Hands. They are looked for every `hands_every_us` around each head, in a square of `hands_side_sizes` head sizes,
    told from `hands_least_score` on: the rules believe a hand for .3 s around a look.
    """

    detect_every_us: int = 240_000
    detect_side_px: int = 640
    dim_below: float = 90.0
    start_score: float = 0.6
    turned_start_score: float = 0.75
    continue_score: float = 0.3
    expected_people: int = 2
    turned_search_every: int = 3
    whole_search_every: int = 4

    reach_sizes: float = 1.0
    reach_sizes_per_s: float = 0.8
    largest_reach_sizes: float = 3.0
    largest_size_ratio: float = 1.6
    reach_roll_deg: float = 45.0
    reach_roll_deg_per_s: float = 45.0
    confirm_after: int = 3
    tentative_misses: int = 2
    carry_at_most_us: int = 500_000
    forget_after_us: int = 10_000_000

    head_least: float = 0.5
    head_least_now: float = 0.3
    least_score: float = 0.5
    trusted_score: float = 0.75
    read_again_from_deg: float = 6.0
    clearer_share: float = 0.8

    eyes_apart_share: float = 0.3
    least_roll_deg: float = 20.0

    small_below_px: float = 20.0
    partly_below_px: float = 32.0
    dark_below: float = 8.0
    blurred_below: float = 0.0015
    partly_from_covered: float = 0.3
    covered_from: float = 0.6
    hands_hide_from: float = 0.5
    no_direction_deg: float = 40.0
    covered_undirected: float = 0.1
    face_gone_from_deg: float = 120.0
    no_turn_deg: float = 60.0

    occlusion_every_us: int = 150_000

    hands_every_us: int = 560_000
    hands_side_sizes: float = 4.4
    hands_least_score: float = 0.3

    use_hands: bool = True
    use_clothing: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return the numbers as JSON-able values, for the analysis version."""
        return asdict(self)


PERCEPTION = PerceptionParameters()
"""The defaults, which every analysis uses unless it is told otherwise."""
