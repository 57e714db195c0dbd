"""How a worker's memory is given out, told to glibc before the process begins."""

ALLOCATOR = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}
"""Without these memory may swing up to 1.2 GB where MediaPipe's networks run.

A frame (2.8 MB) stays below the threshold: mapping each one anew took a third more processor time.
"""
