"""The TM Forum edge: the kernel in `tmf630`, and a room for each API behind which a flow stands."""
