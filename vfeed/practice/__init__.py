"""Pure rules of what people do with moments: strengths, events, reviews, consent, account roles."""
