"""マイナンバーカード: the four basic items of a card as an input aid; the number on it is never asked for."""
