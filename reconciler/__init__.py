"""Amazon Pay and Amazon Login settings of many shops as code."""

__version__ = "0.1.0"
