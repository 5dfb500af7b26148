"""The contract kit: what stands under an adapter while the suites test it, and what a run of them has proved."""
