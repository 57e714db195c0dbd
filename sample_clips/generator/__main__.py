"""`python -m sample_clips.generator`: draw recipes, render them, or look at stills."""

from sample_clips.generator.command import main

if __name__ == "__main__":
    raise SystemExit(main())
