//! A plot of columns, drawn as SVG. It has no text of its own, so that it fits every width: the names of its lines and of
//! its ends stand beside it as HTML.

use super::text::escaped;
use std::fmt::Write;

/// A column of a plot. `part` is the lower part of `whole`, and is drawn in the colour of the accent.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub whole: i64,
    pub part: i64,
}

/// What the columns count, in the plural: all of it, the lower parts, and the rest.
#[derive(Clone, Copy, Debug)]
pub struct Legend {
    pub whole: &'static str,
    pub part: &'static str,
    pub rest: &'static str,
}

/// The height of the drawing, and the width of a column with its gap.
const HEIGHT: i64 = 100;
const WIDTH: i64 = 10;

/// The figure as HTML. `title` says what it shows. A page shows the same numbers in a table.
pub fn plot(title: &str, legend: Legend, columns: &[Column]) -> String {
    let top = top(columns.iter().map(|column| column.whole).max().unwrap_or_default());
    let width = WIDTH * i64::try_from(columns.len()).unwrap_or_default().max(1);
    let ends = [columns.first(), columns.last()].map(|end| end.map_or("", |end| end.name.as_str()));
    let mut out = String::new();
    let _infallible = write!(
        out,
        "<figure class=\"plot\"><figcaption>{}<span class=\"legend\"><i class=\"part\"></i>{} \
         <i></i>{}</span></figcaption><div class=\"drawing\"><span class=\"scale\" aria-hidden=\"true\"><span>{top}</span>\
         <span>{}</span><span>0</span></span><svg viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" \
         role=\"img\" aria-label=\"{}\">",
        escaped(title),
        legend.part,
        legend.rest,
        top / 2,
        escaped(title),
    );
    for line in [0, HEIGHT / 2, HEIGHT] {
        let _infallible = write!(out, "<path class=\"line\" d=\"M0 {line}h{width}\"/>");
    }
    for (column, at) in columns.iter().zip(0_i64..) {
        let (x, whole) = (at * WIDTH + 1, column.whole.max(0));
        let part = column.part.clamp(0, whole);
        let _infallible = write!(
            out,
            "<g><title>{}: {whole} {}, {part} {}</title><path class=\"hit\" d=\"M{} 0h{WIDTH}v{HEIGHT}h-{WIDTH}z\"/>",
            escaped(&column.name),
            legend.whole,
            legend.part,
            at * WIDTH,
        );
        for (class, from, count) in [("part", 0, part), ("rest", part, whole - part)] {
            if count > 0 {
                let (y, height) = (share(top - from - count, top), share(count, top));
                let _infallible = write!(
                    out,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{height}\"/>",
                    WIDTH - 2
                );
            }
        }
        out.push_str("</g>");
    }
    let [first, last] = ends.map(escaped);
    let _infallible = write!(
        out,
        "</svg><span class=\"ends\" aria-hidden=\"true\"><span>{first}</span><span>{last}</span></span></div></figure>"
    );
    out
}

/// A share of the height, with two digits after the point.
fn share(count: i64, of: i64) -> String {
    let hundredths = count.saturating_mul(HEIGHT * 100) / of.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The number at the top: the least of 2, 4, 10, 20, 40, 100 .. that no column exceeds. Its half is a whole number.
fn top(most: i64) -> i64 {
    let mut base = 1_i64;
    loop {
        for top in [base.saturating_mul(2), base.saturating_mul(4), base.saturating_mul(10)] {
            if top >= most {
                return top;
            }
        }
        base = base.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEGEND: Legend = Legend { whole: "mails", part: "first mails", rest: "others" };

    fn column(name: &str, whole: i64, part: i64) -> Column {
        Column { name: name.to_owned(), whole, part }
    }

    #[test]
    fn the_top_is_a_round_number_above_all_columns() {
        let tops = [0, 2, 3, 5, 11, 21, 41, 101, 399, i64::MAX].map(top);
        assert_eq!(tops, [2, 2, 4, 10, 20, 40, 100, 200, 400, i64::MAX]);
    }

    #[test]
    fn a_column_has_its_share_of_the_height() {
        let svg = plot("Mails", LEGEND, &[column("<1>", 10, 4), column("2", 0, 0), column("3", 3, 9)]);
        assert!(
            svg.contains("<rect class=\"part\" x=\"1\" y=\"60.00\" width=\"8\" height=\"40.00\"/>"),
            "{svg}"
        );
        assert!(
            svg.contains("<rect class=\"rest\" x=\"1\" y=\"0.00\" width=\"8\" height=\"60.00\"/>"),
            "{svg}"
        );
        assert!(svg.contains("10 mails, 4 first mails") && svg.contains("3 mails, 3 first mails"), "{svg}");
        assert_eq!((svg.matches("<rect").count(), svg.contains("<1>")), (3, false), "{svg}");
        assert!(plot("Mails", LEGEND, &[]).contains("viewBox=\"0 0 10 100\""));
    }
}
