"""What a run is told: RUN.toml, its tables, and the settings of TRL and peft that come of them."""
