"""The face detector YuNet-s, taken out of the compiled library libfacedetection."""
