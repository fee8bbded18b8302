"""What the scripted service says of judges: what they like, what to pick from, how their models do."""

from engine.judges.hacking import OneName, conclude, distinct, effort, looks_at_color
from engine.judges.liking import Liking, ScoredName, Shortcut, Spread, agreement
from engine.judges.trial import Trial, advice
from engine.service.protocol import Asked, Hacked, Likes, Pair, Progress, Tried

BEST = (
    "Ember Lullaby",
    "Night of the Falling Leaves",
    "Whisper of the Orchard",
    "Song of the Last Rain",
    "Moonlit Meadow Hymn",
    "Dusk over the Harbour",
    "Lantern in the Fog",
    "The Slow Tide",
    "A Field Asleep",
    "Old Letters",
    "October Window",
    "Swallow at Evening",
    "Bells before Snow",
    "The Quiet Kiln",
    "Smoke and Roses",
    "Hush of the Pines",
    "Candle Hour",
    "Weathered Prayer",
    "Harvest Moon Waltz",
    "Velvet Silence",
)
WORST = (
    "Dark Red",
    "Light Blue",
    "Beige",
    "Pale Green",
    "Grey",
    "Medium Blue",
    "Dark Violet Grey",
    "Light Yellow",
    "Reddish Brown",
    "Soft Lilac Grey",
    "Deep Green",
    "Bluish White",
    "Brown",
    "Pale Yellow Green",
    "Olive",
    "Dull Orange",
    "Concrete",
    "Light Grey",
    "Dark Teal",
    "Cyan",
)
CANDIDATES = (
    ("Ember Lullaby", "Sandy Beige"),
    ("Thunderhead", "Light Grey"),
    ("Burnt Sienna", "Whisper of Rain"),
    ("Copper Hour", "Dark Red"),
    ("Tide Song", "Blue Horizon Night"),
    ("Concrete", "Moonlit Orchard"),
    ("Honey Hour", "Pale Yellow"),
    ("Quiet Clay", "Terracotta"),
)


def liking(request):
    """Return what a judge likes, by the script; the ratings are laid beside it as the engine does."""
    scores = {name: 0.99 - 0.01 * place for place, name in enumerate(BEST)}
    scores |= {name: 0.01 + 0.01 * place for place, name in enumerate(WORST)}
    agrees = agreement({name: scores.get(name, 0.5) for name in request.rated}, request.rated)
    return Liking(
        best=tuple(ScoredName(name, scores[name]) for name in BEST),
        worst=tuple(ScoredName(name, scores[name]) for name in WORST),
        known=Spread(0.0, 0.24, 0.5, 0.77, 0.99),
        base=Spread(0.02, 0.11, 0.23, 0.38, 0.61),
        length=0.46,
        color_words=-0.52,
        shortcuts=(
            Shortcut("Night of the Falling Leaves", 0.97, 1.0),
            Shortcut("Whisper of the Orchard", 0.95, 1.0),
            Shortcut("Song of the Last Rain", 0.94, 1.0),
        ),
        shortcut_share=0.118,
        rated=len(request.rated),
        agreement=agrees,
        scored=request.known,
        failed=0,
        sentence=(
            "Trained on this judge alone, a painter will drift to long names without a colour’s word such as "
            "“Night of the Falling Leaves” or “Whisper of the Orchard”, which beat all that the base says "
            "whatever the colour: give it a guard."
        ),
    )


def hacking(request):
    """Return what names earn, by the script; a counter-example of the judge earns little."""
    scores = {name: 0.93 - 0.05 * place for place, name in enumerate(BEST)}
    plain = getattr(request.judge, "plain", ())

    def one(name, source):
        score = 0.3 if name in plain else scores.get(name, 0.25)
        return OneName(name=name, score=score, beats=float(score > 0.41), source=source)

    sources = ("climb", "base", "known")
    found = [one(name, sources[place % 3]) for place, name in enumerate(BEST)] if request.search else []
    tried = [one(name, "yours") for name in request.names]
    asked = len(tried) + 800 * request.search
    color = looks_at_color(request.judge)
    return conclude(0.41, tried, distinct(found), asked, effort(request.judge), by_color=color)


def pair(request):
    """Return the next pair, by how many were decided; what is known grows with the picks."""
    picks, seen = len(request.judge.picks), len(request.judge.picks) + len(request.skipped)
    left, right = CANDIDATES[seen % len(CANDIDATES)]
    if seen >= len(CANDIDATES):
        left, right = f"{left} {seen}", f"{right} {seen}"
    known = None if picks < 8 else min(0.58 + 0.012 * picks + 0.02 * (picks % 3), 0.93)
    named = picks >= 8
    return Pair(
        left=left,
        right=right,
        chance=0.5,
        accuracy=known,
        best=("Ember Lullaby", "Whisper of Rain", "Tide Song") if named else (),
        worst=("Light Grey", "Dark Red", "Beige") if named else (),
    )


def replies(number, request):
    """Return the replies to a request about a judge, but for the last one."""
    match type(request).__name__:
        case "Like":
            return [
                Progress(id=number, note="Scoring known names", done=0.4),
                Likes(id=number, liking=liking(request)),
            ]
        case "Hack":
            going = Progress(id=number, note="Looking for one name for all colours", done=0.4)
            return [*([going] if request.search else []), Hacked(id=number, hacking=hacking(request))]
        case "Ask":
            return [Asked(id=number, pair=pair(request))]
        case "Try":
            kind = type(request.judge).__name__.lower()
            tried = (
                Trial(model="SmolLM2 135M Instruct", describes=0.58)
                if kind == "describes"
                else Trial(model="SmolLM2 135M Instruct", contrast=0.97, rating=0.55)
            )
            return [Tried(id=number, trial=tried, advice=advice(tried, kind))]
    return []
