"""案内表示: the public screens of a hall: who is called where, how many wait, how long."""
