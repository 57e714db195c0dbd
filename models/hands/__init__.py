"""MediaPipe's palm detector and hand landmarks, rebuilt as ONNX files from the files in its wheel."""
