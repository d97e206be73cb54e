"""Turtle graphics without a display: what the turtles drew is in turtle.svg when the program ends.

The usual names of Python's own turtle module; waiting, animation and events do nothing. Written for TLAC.
"""

import atexit
import math
import re
import sys

FILE = "turtle.svg"
COLOUR = re.compile(r"[A-Za-z][A-Za-z0-9 ]*|#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}")
SHAPES = {
    "classic": ((0, 0), (-5, -9), (0, -7), (5, -9)),
    "arrow": ((-10, 0), (10, 0), (0, 10)),
    "triangle": ((10, -5.77), (0, 11.55), (-10, -5.77)),
    "square": ((10, -10), (10, 10), (-10, 10), (-10, -10)),
    "circle": tuple((10 * math.cos(math.pi * i / 10), 10 * math.sin(math.pi * i / 10)) for i in range(20)),
    "turtle": ((0, 16), (-2, 14), (-4, 8), (-9, 8), (-6, 3), (-6, -4), (-9, -8), (-4, -7), (0, -11)) + (
        (4, -7), (9, -8), (6, -4), (6, 3), (9, 8), (4, 8), (2, 14)),
}
LONGEST_LINE = 500  # Points; then the next line goes on where it ends.
MAX_BYTES = 50_000  # Larger files are not handed back.


class TurtleGraphicsError(Exception):
    pass


Terminator = TurtleGraphicsError


class Vec2D(tuple):
    """A point, or the way from one point to another."""

    def __new__(cls, x, y):
        return tuple.__new__(cls, (x, y))

    def __add__(self, other):
        return Vec2D(self[0] + other[0], self[1] + other[1])

    def __sub__(self, other):
        return Vec2D(self[0] - other[0], self[1] - other[1])

    def __neg__(self):
        return Vec2D(-self[0], -self[1])

    def __mul__(self, other):
        if isinstance(other, Vec2D):
            return self[0] * other[0] + self[1] * other[1]
        return Vec2D(self[0] * other, self[1] * other)

    __rmul__ = __mul__

    def __abs__(self):
        return math.hypot(*self)

    def rotate(self, angle):
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        return Vec2D(self[0] * c - self[1] * s, self[0] * s + self[1] * c)

    def __repr__(self):
        return f"({self[0]:.2f},{self[1]:.2f})"


def number(value):
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def point(place):
    return f"{number(place[0])},{number(-place[1])}"


def path(points, **style):
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<path d="M{" ".join(map(point, points))}"{attributes}/>'


class Line:
    """What one pen drew without a break."""

    def __init__(self, start, colour, width):
        self.points, self.colour, self.width = [start], colour, width

    def svg(self):
        return path(self.points, stroke=self.colour, stroke_width=number(self.width), fill="none")


class Shape:
    """A filled outline, a dot, a stamp, or text."""

    def __init__(self, points, svg):
        self.points, self.text = points, svg

    def svg(self):
        return self.text


class Drawing:
    """Everything there is to see, in the order of drawing."""

    def __init__(self):
        self.items, self.turtles, self.background = [], [], "white"
        self.width, self.height, self.colours = 600, 600, 1.0

    def used(self):
        return self.items or any(turtle.moved for turtle in self.turtles)

    def svg(self):
        shown = self.items + [turtle.likeness() for turtle in self.turtles if turtle.visible]
        xs = [-self.width / 2, self.width / 2] + [x for item in shown for x, _ in item.points]
        ys = [-self.height / 2, self.height / 2] + [-y for item in shown for _, y in item.points]
        box = [math.floor(min(xs)), math.floor(min(ys))]
        box += [math.ceil(max(xs)) - box[0], math.ceil(max(ys)) - box[1]]
        view = " ".join(map(str, box))
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" stroke-linecap="round" stroke-linejoin="round">'
        ground = f'<rect x="{box[0]}" y="{box[1]}" width="100%" height="100%" fill="{self.background}"/>'
        parts, size = [head, ground], len(head) + len(ground) + len("</svg>") + 2
        for item in shown:
            part = item.svg()
            size += len(part.encode()) + 1
            if size > MAX_BYTES:
                print("The drawing is too large: its end is missing in turtle.svg.", file=sys.stderr)
                break
            parts.append(part)
        return "\n".join([*parts, "</svg>"])

    def save(self):
        if self.used():
            with open(FILE, "w", encoding="utf-8") as file:
                file.write(self.svg())

    def colour(self, *given):
        value = given[0] if len(given) == 1 else given
        if isinstance(value, str):
            if COLOUR.fullmatch(value):
                return value.replace(" ", "").lower()
        elif len(value) == 3 and all(0 <= part <= self.colours for part in value):
            return "#" + "".join(f"{round(part * 255 / self.colours):02x}" for part in value)
        raise TurtleGraphicsError(f"bad color: {value!r}")


drawing = Drawing()


class Turtle:
    def __init__(self, shape="classic", undobuffersize=1000, visible=True):
        self.visible, self.form, self.stretch, self.moved = visible, shape, 1.0, False
        self._start()
        drawing.turtles.append(self)

    def _start(self):
        self.place, self.direction, self.down, self.line, self.fill = Vec2D(0.0, 0.0), 0.0, True, None, None
        self.pen_colour, self.fill_colour, self.thickness = "black", "black", 1

    def _add(self, item):
        self.line, self.moved = None, True
        drawing.items.append(item)
        return item

    # Moving

    def goto(self, x, y=None):
        target = Vec2D(*(x if y is None else (x, y)))
        self.moved = True
        if self.down:
            if self.line is None or len(self.line.points) == LONGEST_LINE:
                self.line = Line(self.place, self.pen_colour, self.thickness)
                drawing.items.append(self.line)
            self.line.points.append(target)
        if self.fill is not None:
            self.fill.points.append(target)
        self.place = target

    def forward(self, distance):
        self.goto(self.place + Vec2D(distance, 0).rotate(self.direction))

    def back(self, distance):
        self.forward(-distance)

    def left(self, angle):
        self.direction, self.moved = (self.direction + angle) % 360, True

    def right(self, angle):
        self.left(-angle)

    def setheading(self, angle):
        self.left(angle - self.direction)

    def setx(self, x):
        self.goto(x, self.place[1])

    def sety(self, y):
        self.goto(self.place[0], y)

    def home(self):
        self.goto(0, 0)
        self.setheading(0)

    def circle(self, radius, extent=None, steps=None):
        extent = 360 if extent is None else extent
        steps = steps or 1 + int(min(11 + abs(radius) / 6, 59) * abs(extent) / 360)
        turn = extent / steps * (-1 if radius < 0 else 1)
        side = 2 * abs(radius) * math.sin(math.radians(abs(extent) / steps / 2)) * (-1 if extent < 0 else 1)
        self.left(turn / 2)
        for _ in range(steps):
            self.forward(side)
            self.left(turn)
        self.left(-turn / 2)

    # Asking

    def position(self):
        return self.place

    def xcor(self):
        return self.place[0]

    def ycor(self):
        return self.place[1]

    def heading(self):
        return self.direction

    def _other(self, x, y):
        return x.place if isinstance(x, Turtle) else Vec2D(*(x if y is None else (x, y)))

    def towards(self, x, y=None):
        way = self._other(x, y) - self.place
        return math.degrees(math.atan2(way[1], way[0])) % 360

    def distance(self, x, y=None):
        return abs(self._other(x, y) - self.place)

    # The pen

    def pendown(self):
        self.down = True

    def penup(self):
        self.down, self.line = False, None

    def isdown(self):
        return self.down

    def pensize(self, width=None):
        if width is None:
            return self.thickness
        self.thickness, self.line = width, None

    def pencolor(self, *colour):
        if not colour:
            return self.pen_colour
        self.pen_colour, self.line = drawing.colour(*colour), None

    def fillcolor(self, *colour):
        if not colour:
            return self.fill_colour
        self.fill_colour = drawing.colour(*colour)

    def color(self, *colours):
        if not colours:
            return self.pen_colour, self.fill_colour
        pen, fill = colours if len(colours) == 2 else (colours, colours)
        self.pencolor(*(pen if isinstance(pen, tuple) else (pen,)))
        self.fillcolor(*(fill if isinstance(fill, tuple) else (fill,)))

    def begin_fill(self):
        self.fill = self._add(Shape([self.place], ""))

    def end_fill(self):
        if self.fill is not None:
            self.fill.text = path(self.fill.points, fill=self.fill_colour, fill_rule="evenodd")
            self.fill, self.line = None, None

    def filling(self):
        return self.fill is not None

    def dot(self, size=None, *colour):
        if isinstance(size, (str, tuple)):
            size, colour = None, (size,)
        radius = (size or max(self.thickness + 4, 2 * self.thickness)) / 2
        fill = drawing.colour(*colour) if colour else self.pen_colour
        x, y = self.place
        corners = [(x - radius, y - radius), (x + radius, y + radius)]
        self._add(Shape(corners, f'<circle cx="{number(x)}" cy="{number(-y)}" r="{number(radius)}" fill="{fill}"/>'))

    def write(self, arg, move=False, align="left", font=("Arial", 8, "normal")):
        from xml.sax.saxutils import escape  # Not above: what is always there, every program's process pays for.

        anchor = {"left": "start", "center": "middle", "right": "end"}[align.lower()]
        family, size, style = (*font, "normal")[:3] if len(font) < 3 else font[:3]
        extra = ' font-weight="bold"' if "bold" in style else ""
        extra += ' font-style="italic"' if "italic" in style else ""
        x, y = self.place
        family = re.sub(r"[^A-Za-z0-9 -]", "", str(family))
        self._add(
            Shape(
                [self.place],
                f'<text x="{number(x)}" y="{number(-y)}" font-family="{family}" font-size="{number(float(size) * 4 / 3)}"'
                f' text-anchor="{anchor}" fill="{self.pen_colour}"{extra}>{escape(printable(str(arg)))}</text>',
            )
        )

    # How it looks

    def likeness(self):
        corners = [self.place + (Vec2D(*corner) * self.stretch).rotate(self.direction - 90) for corner in SHAPES[self.form]]
        return Shape(corners, path(corners, fill=self.fill_colour, stroke=self.pen_colour))

    def stamp(self):
        self._add(self.likeness())
        return len(drawing.items)

    def shape(self, name=None):
        if name is None:
            return self.form
        if name not in SHAPES:
            raise TurtleGraphicsError(f"There is no shape named {name}")
        self.form = name

    def shapesize(self, stretch_wid=None, stretch_len=None, outline=None):
        self.stretch = float(stretch_wid or stretch_len or 1)

    def showturtle(self):
        self.visible = True

    def hideturtle(self):
        self.visible = False

    def isvisible(self):
        return self.visible

    def clear(self):
        drawing.items.clear()
        self.line = None

    def reset(self):
        self.clear()
        self._start()

    def clone(self):
        other = Turtle()
        other.__dict__.update(self.__dict__, line=None, fill=None)
        return other

    def getscreen(self):
        return Screen()

    def speed(self, speed=None):
        return 0 if speed is None else None

    def _nothing(self, *arguments, **named):
        """For what only a window can do."""

    delay = tracer = update = onclick = ondrag = onrelease = undo = setundobuffer = clearstamps = clearstamp = _nothing
    fd, bk, backward, rt, lt = forward, back, back, right, left
    setpos = setposition = teleport = goto
    seth, pos, pd, pu, up, width, ht, st = setheading, position, pendown, penup, penup, pensize, hideturtle, showturtle
    turtlesize = shapesize


RawTurtle = Pen = RawPen = Turtle


class _Screen:
    def bgcolor(self, *colour):
        if not colour:
            return drawing.background
        drawing.background = drawing.colour(*colour)

    def setup(self, width=600, height=600, startx=None, starty=None):
        drawing.width, drawing.height = (side if side > 1 else 800 * side for side in (width, height))

    def screensize(self, canvwidth=None, canvheight=None, bg=None):
        if canvwidth is None:
            return drawing.width, drawing.height
        self.setup(canvwidth, canvheight or drawing.height)

    def window_width(self):
        return drawing.width

    def window_height(self):
        return drawing.height

    def colormode(self, mode=None):
        if mode is None:
            return drawing.colours
        drawing.colours = mode

    def turtles(self):
        return list(drawing.turtles)

    def textinput(self, title, prompt):
        return input(f"{prompt} ")

    def numinput(self, title, prompt, default=None, minval=None, maxval=None):
        text = input(f"{prompt} ")
        return float(text) if text or default is None else default

    def clear(self):
        drawing.items.clear()

    clearscreen = resetscreen = reset = clear

    def _nothing(self, *arguments, **named):
        """For what only a window can do."""

    title = tracer = update = delay = mainloop = done = exitonclick = bye = listen = mode = bgpic = addshape = _nothing
    onkey = onkeypress = onkeyrelease = onclick = onscreenclick = ontimer = register_shape = _nothing


def Screen():
    return screen


def printable(text):
    """Without what XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _of_the_first_turtle(name):
    def call(*arguments, **named):
        global first
        first = first or Turtle()
        return getattr(first, name)(*arguments, **named)

    call.__name__ = name
    return call


screen, first = _Screen(), None
for _name in dir(_Screen):
    if not _name.startswith("_"):
        globals()[_name] = getattr(screen, _name)
for _name in dir(Turtle):
    if not _name.startswith("_") and _name not in ("likeness", "onclick"):
        globals()[_name] = _of_the_first_turtle(_name)
atexit.register(drawing.save)
