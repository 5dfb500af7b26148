"""The contract suites, one file per port; authors import them from `banyan.suites`."""
