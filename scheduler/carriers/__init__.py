"""The carriers of hand-overs: one small file a way, behind `carrying.Carrier`."""
