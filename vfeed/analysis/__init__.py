"""One clip from file to candidates, and the files and pictures that `vfeed analyse` writes."""
