"""How a model is trained: SFT, GRPO, and what they share."""
