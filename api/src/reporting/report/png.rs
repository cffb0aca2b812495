//! The card as PNG: the same marks as the SVG, painted with letters of our own, for no chat shows an SVG.
//!
//! The font is part of the program: every letter of Vietnamese, each with its marks as one glyph, so that a line is
//! its glyphs side by side.

use mobile_contracts::reporting_report::Report;
use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Transform};
use ttf_parser::{Face, OutlineBuilder};

use super::card::{Colour, HEIGHT, Mark, WIDTH, compose};

/// Noto Sans Bold, less what Vietnamese does not need; its licence lies beside it.
const FONT: &[u8] = include_bytes!("../../../fonts/noto-sans-bold-vietnamese.ttf");

/// Why there is no picture: only a broken build has any.
#[derive(Debug)]
pub struct NotPainted(&'static str);

impl std::fmt::Display for NotPainted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the card cannot be painted: {}", self.0)
    }
}

impl std::error::Error for NotPainted {}

/// Takes some ten milliseconds: not for an async thread.
///
/// # Errors
/// Never in a build whose font is whole.
pub fn paint(report: &Report) -> Result<Vec<u8>, NotPainted> {
    let face = Face::parse(FONT, 0).map_err(|_| NotPainted("the font is broken"))?;
    let mut picture =
        Pixmap::new(WIDTH as u32, HEIGHT as u32).ok_or(NotPainted("it has no size"))?;
    for mark in compose(report) {
        match mark {
            Mark::Area { height, colour } => {
                let area = Rect::from_xywh(0.0, 0.0, WIDTH as f32, height as f32)
                    .ok_or(NotPainted("an area has no size"))?;
                picture.fill_rect(area, &paint_of(colour), Transform::identity(), None);
            }
            Mark::Words {
                at,
                size,
                width,
                colour,
                words,
            } => {
                let line = Line::set(&face, &words);
                line.paint(&mut picture, at, (size, width), colour);
            }
        }
    }
    let file = picture.encode_png();
    file.map_err(|_| NotPainted("it cannot be encoded"))
}

fn paint_of(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(colour.0, colour.1, colour.2, 0xff));
    paint.anti_alias = true;
    paint
}

/// A line in units of the font, its base at nought, upwards positive.
struct Line {
    outline: PathBuilder,
    width: f32,
    units: f32,
}

impl Line {
    fn set(face: &Face<'_>, words: &str) -> Self {
        let mut pen = Pen {
            outline: PathBuilder::new(),
            x: 0.0,
        };
        for letter in words.chars() {
            // What the font does not have is drawn as its empty box, and not passed over in silence.
            let glyph = face.glyph_index(letter).unwrap_or_default();
            face.outline_glyph(glyph, &mut pen);
            pen.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or_default());
        }
        Self {
            outline: pen.outline,
            width: pen.x,
            units: f32::from(face.units_per_em()),
        }
    }

    /// As large as wished, or smaller where it would be too wide.
    fn paint(
        self,
        picture: &mut Pixmap,
        at: (usize, usize),
        (size, width): (usize, usize),
        colour: Colour,
    ) {
        let wished = size as f32 / self.units;
        let scale = wished.min(width as f32 / self.width.max(1.0));
        let place = Transform::from_row(scale, 0.0, 0.0, -scale, at.0 as f32, at.1 as f32);
        // A line of blanks has no outline.
        if let Some(outline) = self.outline.finish() {
            picture.fill_path(&outline, &paint_of(colour), FillRule::Winding, place, None);
        }
    }
}

struct Pen {
    outline: PathBuilder,
    /// Where the glyph begins.
    x: f32,
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.outline.move_to(self.x + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.outline.line_to(self.x + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let by = self.x;
        self.outline.quad_to(by + x1, y1, by + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let by = self.x;
        self.outline.cubic_to(by + x1, y1, by + x2, y2, by + x, y);
    }

    fn close(&mut self) {
        self.outline.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every letter of Vietnamese with marks, and the letter below them.
    const LETTERS: &str =
        "àáảãạaằắẳẵặăầấẩẫậâèéẻẽẹeềếểễệêìíỉĩịiòóỏõọoồốổỗộôờớởỡợơùúủũụuừứửữựưỳýỷỹỵyđ";

    #[test]
    fn the_font_has_every_letter_of_vietnamese_and_no_two_alike() {
        let face = Face::parse(FONT, 0).unwrap();
        let both = LETTERS.chars().flat_map(|letter| {
            let upper: Vec<char> = letter.to_uppercase().collect();
            [letter, upper[0]]
        });
        let mut seen = std::collections::HashSet::new();
        for letter in both.chain("0123456789.,%/()-–…".chars()) {
            let glyph = face.glyph_index(letter);
            let glyph = glyph.unwrap_or_else(|| panic!("no {letter}"));
            let bounds = face.glyph_bounding_box(glyph);
            assert!(bounds.is_some(), "{letter} is drawn as nothing");
            assert!(seen.insert(glyph), "{letter} is drawn like another one");
        }
        assert_eq!(
            seen.len(),
            134 + 12 + 19,
            "67 letters with marks, both cases, and more"
        );
    }

    /// Rows of pixels in which something is drawn.
    fn rows(words: &str) -> std::ops::Range<usize> {
        let face = Face::parse(FONT, 0).unwrap();
        let mut picture = Pixmap::new(200, 120).unwrap();
        let line = Line::set(&face, words);
        line.paint(&mut picture, (10, 80), (60, 180), Colour(0, 0, 0));
        let is_drawn = |row: &usize| {
            let pixels = &picture.pixels()[row * 200..(row + 1) * 200];
            pixels.iter().any(|pixel| pixel.alpha() > 0x80)
        };
        let drawn: Vec<usize> = (0..120).filter(is_drawn).collect();
        drawn[0]..drawn[drawn.len() - 1] + 1
    }

    #[test]
    fn marks_above_and_below_are_drawn() {
        let (bare, above, below) = (rows("E"), rows("Ề"), rows("Ẹ"));
        assert!(above.start + 10 < bare.start, "{above:?} {bare:?}");
        assert_eq!(above.end, bare.end);
        assert!(below.end > bare.end + 4, "{below:?} {bare:?}");
        assert_eq!(rows("E"), rows("E E"), "a blank is no box");
        assert!(rows("\u{4e00}").len() > 20, "what it has not is a box");
    }

    #[test]
    fn a_line_that_is_too_wide_is_made_smaller() {
        let face = Face::parse(FONT, 0).unwrap();
        let right = |words: &str| {
            let mut picture = Pixmap::new(400, 120).unwrap();
            let line = Line::set(&face, words);
            line.paint(&mut picture, (0, 80), (60, 300), Colour(0, 0, 0));
            let drawn = (0..400).filter(|x| {
                let mut rows = 0..120;
                rows.any(|y| picture.pixels()[y * 400 + x].alpha() > 0x40)
            });
            drawn.max().unwrap()
        };
        assert!(right("TỈNH") < 250);
        assert!((280..=300).contains(&right("TỈNH KHÁNH HÒA VÀ NHIỀU TỈNH KHÁC NỮA")));
    }
}
