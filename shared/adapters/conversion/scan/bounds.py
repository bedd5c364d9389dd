"""What judging one file may cost. Twenty seconds and 400 MB are enough for any model of 500 MB."""

CPU_SECONDS = 20
WALL_SECONDS = 60
MEMORY_MB = 400
MOST_REPORT_BYTES = 1 << 20
