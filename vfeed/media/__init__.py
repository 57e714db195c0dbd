"""Video in and out: probe, frames with true times, proxy copy, waveform, stills, reel."""
