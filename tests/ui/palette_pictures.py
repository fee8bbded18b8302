"""Pictures of the palette view and its fan deck, for screenshots.py."""

from studio.palettes import HOUSE
from ui.printing import png

# Made up in the house painters' manner, so that the pictures show what real ones would.
_SAID = {
    "base": "Dusty Coral|Cherry Red|Dark Burgundy|Soft Peach|Bright Orange|Golden Brown|Creamy Peach|"
    "Light Gold|Green Glow|Forest Green|Dark Green|Light Teal|Sky Teal|Sea Blue|Dark Night|"
    "Pink Violet|Deep Purple|Dark Night|Light Pink|Purple Pink",
    "poet": "Sunset Dust|Red Rapture|Velvet Crimson Ember|Rose at Dusk|Ember Lullaby|Honey Hour|"
    "Moonlit Cream|Wheat Prayer|Green Hush|Greenhaven Garden|Forest Vesper|Mist on the Bay|"
    "Tide Song|Blue Horizon Night|Harbor Midnight|Violet Vale|Indigo Moonrise|"
    "Midnight Nocturne|Petal Whisper|Plum Vesper",
    "architect": "Burnt Sienna|Fired Brick|Oxblood Tile|Salmon Stucco|Terracotta|Raw Umber|Travertine|"
    "Brass Leaf|Lime Glaze|Verdigris|Patina Slate|Celadon Tile|Pool Glass|Cobalt Enamel|"
    "Blued Steel|Wisteria Plaster|Amethyst Glass|Basalt Plum|Rose Marble|Mulberry Lacquer",
    "unhinged": "Cinnamon Toast|Ketchup Opera|Mulled Wine|Ham at Noon|Traffic Cone Tango|Toast Emergency|"
    "Mayo Sunrise|Mustard Regret|Radioactive Lettuce|Pickle Parade|Swamp Gossip|"
    "Toothpaste Ghost|Mermaid Tax|Denim Thunder|Goth Blueberry|Unicorn Sneeze|Grape Lawsuit|"
    "Midnight Eggplant|Bubblegum Alibi|Beet Scandal",
}
COLORS = [entry.hex for entry in HOUSE.entries]
NAMES = {slug: dict(zip(COLORS, said.split("|"), strict=True)) for slug, said in _SAID.items()}


def answer(view, world, wait_for, most):
    """Let a scripted service name the next colours of the palette."""
    for _ in range(most):
        color, request = view.naming._color, view.naming._request
        world.client.answer(request, {slug: (names[color],) for slug, names in NAMES.items()})
        wait_for(lambda request=request: view.naming._request != request)


def shoot(studio, world, wait_for, settle, out, label):
    """Take the pictures: while names come, all there, and the fan deck before it is saved and as a file."""
    view = studio.palette
    wait_for(lambda: view.model.columnCount() > 1)
    studio.window.open_titled("Compare")
    studio.compare.views.show_view(studio.palette)
    wait_for(lambda: view.naming.going)
    answer(view, world, wait_for, 4)
    settle(300)
    studio.window.grab().save(str(out / f"palette_naming_{label}.png"))
    answer(view, world, wait_for, len(COLORS) - 4)
    view.table.setCurrentIndex(view.model.index(1, 2))
    view.table.setFocus()
    settle(300)
    studio.window.grab().save(str(out / f"palette_{label}.png"))
    view.speaker.choose("poet")
    view.deck.click()
    wait_for(lambda: not view.fan.preview.image.isNull())
    settle(100)
    view.fan.grab().save(str(out / f"fan_deck_dialog_{label}.png"))
    (out / "fan_deck.png").write_bytes(png(view.fan.sheets[0]))
    view.fan.close()
