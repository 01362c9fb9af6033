"""Rules: plain Python without database, web or clock; today and now are arguments."""
