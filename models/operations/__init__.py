"""One public function = one act = one transaction."""
