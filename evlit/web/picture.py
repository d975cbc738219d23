"""SVG → PNG by resvg (``resvg-py``): a static renderer without scripts and network."""

from __future__ import annotations

from evlit.errors import UsageError

FONTS = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans")


def to_png(svg: str, zoom: float = 2) -> bytes:
    """Return the picture as PNG, twice as large by default, for slides and print.

    :raises UsageError: the renderer is not installed
    """
    try:
        import resvg_py  # noqa: PLC0415 - of the extra ``web``; SVG needs nothing
    except ImportError as error:
        raise UsageError(
            "PNG", "needs resvg-py, which is not installed", "pip install 'evlit[web]'"
        ) from error
    drawn = resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, sans_serif_family=FONTS[0])
    return bytes(drawn)
