"""evlit: has this exosome product been studied?"""

__version__ = "0.1.0"
