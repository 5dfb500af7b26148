"""What is promised: the ports southbound, the TM Forum documents northbound, and the nouns both speak of."""
