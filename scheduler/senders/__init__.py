"""The ways out: one small sender each, behind `sending.Sender`."""
