"""What every room shares: refusals, the clock, translated text. No models of its own."""
