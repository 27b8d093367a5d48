# %% [markdown] tags=["slide"]
# # Two tides a day
#
# A notebook can be a plain Python script: a line that begins with `# %%` begins a cell. This one draws the height of the
# water over two days, from the moon's pull and the sun's.

# %% tags=["keep"]
import math

from IPython.display import HTML, SVG

MOON, SUN = (1.0, 12.42), (0.46, 12.0)  # height in metres, period in hours


def height(hour):
    return sum(metres * math.cos(2 * math.pi * hour / period) for metres, period in (MOON, SUN))


# %% [markdown] tags=["subslide"]
# ## The height of the water
#
# The two waves drift apart by 50 minutes a day, so that every tide comes a little later and a little lower than the last.

# %%
def curve(hours=48, width=720, middle=120, scale=70):
    quarters = [step / 4 for step in range(4 * hours + 1)]
    points = " ".join(f"{hour / hours * width:.1f},{middle - scale * height(hour):.1f}" for hour in quarters)
    days = ""
    for day, x in enumerate(range(0, width, width * 24 // hours), 1):
        days += f'<line x1="{x}" y1="10" x2="{x}" y2="230" stroke="#b8c4cc"/>'
        days += f'<text x="{x + 6}" y="232" font-size="12" fill="#50606a">day {day}</text>'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="240" font-family="sans-serif">
      <rect width="{width}" height="240" fill="#f4f8fa"/>
      <polygon points="0,240 {points} {width},240" fill="#2f7fa8" fill-opacity="0.25"/>
      <polyline points="{points}" fill="none" stroke="#1d5f82" stroke-width="2.5"/>
      <line x1="0" y1="{middle}" x2="{width}" y2="{middle}" stroke="#50606a" stroke-dasharray="4 4"/>
      {days}
    </svg>"""


SVG(data=curve())

# %% [markdown] tags=["subslide"]
# ## When to go swimming


# %%
def high_waters(hours=48):
    step = 0.05
    times = [step * number for number in range(1, int(hours / step))]
    return [time for time in times if height(time - step) < height(time) >= height(time + step)]


rows = ""
for time in high_waters():
    clock = f"{int(time % 24):02}:{int(time % 1 * 60):02}"
    rows += f"<tr><td>day {int(time // 24) + 1}</td><td>{clock}</td><td>{height(time):+.2f} m</td></tr>"
HTML(f"<table><tr><th></th><th>high water</th><th>height</th></tr>{rows}</table>")

# %% [markdown] tags=["notes"]
# Ask which participants have been at the sea before you show the table. (Cells with the tag *notes* are only in the speaker's output.)
