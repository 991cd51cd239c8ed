"""A plot as SVG: a few curves over sizes that grow by factors, with the values at their points."""

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 30, 50
COLOURS = ("#1b5e93", "#b5541c", "#3c7a3c")
TICKS = 5
LINE = 15  # between two lines of text
ALPHA = 'font-family="sans-serif" font-size="12" fill="#333"'


def nice(top):
    """The next of 1, 2, 5, 10, 20 ... that TICKS steps of reach the top."""
    step = 1
    while TICKS * step < top:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def text(x, y, what, anchor="middle"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {ALPHA}>{what}</text>'


def document(curves):
    """curves: (name, [(size, microseconds), ...]), all with the same sizes."""
    sizes = [size for size, _ in curves[0][1]]
    step = nice(max(y for _, points in curves for _, y in points))

    def at(i, y):
        return (LEFT + i * (WIDTH - LEFT - RIGHT) / (len(sizes) - 1),
                HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM) / (TICKS * step))

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for k in range(TICKS + 1):
        (x1, y), (x2, _) = at(0, k * step), at(len(sizes) - 1, k * step)
        parts += [f'<path d="M{x1:.0f} {y:.1f}H{x2:.0f}" stroke="#ddd"/>', text(x1 - 8, y + 4, k * step, "end")]
    parts += [text(at(i, 0)[0], HEIGHT - BOTTOM + 20, f"{size:,}") for i, size in enumerate(sizes)]
    parts += [text(LEFT, TOP - 12, "microseconds of CPU", "start"),
              text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "objects in the collection")]
    taken = []
    for colour, (name, points) in zip(COLOURS, curves):
        places = [at(i, y) for i, (_, y) in enumerate(points)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        label = places[-1][1] + 4
        while any(abs(label - other) < LINE for other in taken):
            label += 1
        taken.append(label)
        parts.append(text(places[-1][0] + 10, label, f"{name}: {points[-1][1]:.0f}", "start"))
    return "\n".join([*parts, "</svg>", ""])


def write(path, curves):
    path.write_text(document(curves))
