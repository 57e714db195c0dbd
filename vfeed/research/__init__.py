"""What researchers do with clips: codings, their agreement, screening, and the files of other programs."""
