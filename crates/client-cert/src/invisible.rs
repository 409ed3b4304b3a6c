//! Characters that people do not see, or that change what they see.

/// Whether a character is invisible or turns the direction of the text around it.
///
/// Such characters make two names look alike, forge lines of a log and steer terminals. The one list for whatever shows
/// text from outside, and for lists that people type: control characters (Cc), line and paragraph separators (Zl, Zp),
/// Unicode's `Default_Ignorable_Code_Point`, the marks of bidirectional text (UAX 9) and of interlinear annotation, and the
/// blanks that look like U+0020 and are not. U+3000, the ideographic space, is visible.
///
/// ```
/// assert!(client_cert::is_invisible('\u{202E}'));
/// assert!(!client_cert::is_invisible('\u{e9}'));
/// ```
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00A0}' | '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{1680}'
            | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}'
            | '\u{205F}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends of every range, and their neighbours.
    #[test]
    fn the_list_begins_and_ends_where_it_says() {
        let shown: String = ['\0', '\u{1F}', '\u{7F}', '\u{9F}', '\u{A0}', '\u{AD}']
            .iter()
            .chain(&[
                '\u{34F}', '\u{61C}', '\u{115F}', '\u{1160}', '\u{1680}', '\u{17B4}', '\u{17B5}',
            ])
            .chain(&[
                '\u{180B}', '\u{180F}', '\u{2000}', '\u{200F}', '\u{2028}', '\u{202F}', '\u{205F}',
            ])
            .chain(&[
                '\u{206F}', '\u{2800}', '\u{3164}', '\u{FE00}', '\u{FE0F}', '\u{FEFF}', '\u{FFA0}',
            ])
            .chain(&[
                '\u{FFF0}',
                '\u{FFFB}',
                '\u{1BCA0}',
                '\u{1BCA3}',
                '\u{1D173}',
                '\u{1D17A}',
            ])
            .chain(&['\u{E0000}', '\u{E0FFF}'])
            .filter(|c| !is_invisible(**c))
            .collect();
        assert_eq!(shown, "");
        let hidden: String = [
            ' ', '~', '\u{A1}', '\u{AC}', '\u{AE}', '\u{34E}', '\u{350}', '\u{61B}', '\u{61D}',
        ]
        .iter()
        .chain(&[
            '\u{115E}', '\u{1161}', '\u{167F}', '\u{1681}', '\u{17B3}', '\u{17B6}', '\u{180A}',
            '\u{1810}',
        ])
        .chain(&[
            '\u{1FFF}', '\u{2010}', '\u{2027}', '\u{2030}', '\u{205E}', '\u{2070}', '\u{27FF}',
            '\u{2801}',
        ])
        .chain(&[
            '\u{3000}', '\u{3163}', '\u{3165}', '\u{FDFF}', '\u{FE10}', '\u{FEFE}', '\u{FF00}',
            '\u{FF9F}',
        ])
        .chain(&[
            '\u{FFA1}',
            '\u{FFEF}',
            '\u{FFFC}',
            '\u{FFFD}',
            '\u{1BC9F}',
            '\u{1BCA4}',
            '\u{1D172}',
        ])
        .chain(&['\u{1D17B}', '\u{DFFFF}', '\u{E1000}', '\u{e9}'])
        .filter(|c| is_invisible(**c))
        .collect();
        assert_eq!(hidden, "");
    }
}
