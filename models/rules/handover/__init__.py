"""連携の決まり: what is handed over to another system, in which order, and what a receiver may be."""
