"""直接印刷: what the house says to a printer in the network, and what the printer answers."""
