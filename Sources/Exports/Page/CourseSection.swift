/// The timeline of a page that can be asked: the picture, what stands beside it, and what the script
/// needs. Without a script the picture, the chapters and the tables below say the same.
struct CourseSection {
    let course: Course

    var lines: [String] {
        var lines = [
            "<section id=\"timeline\" class=\"course\" aria-label=\"Timeline\">", "<div>",
            "<figure>", Timeline(course, hasScript: true).svg, Timeline.legend, "</figure>",
        ]
        lines += controls
        lines += course.gaps.map { "<p class=\"gap\">\(Escaping.xml($0))</p>" }
        lines.append("</div>")
        lines += chapters
        lines.append("</section>")
        return lines
    }

    /// Shown by the script.
    private var controls: [String] {
        let speeds = [1, 2, 5, 10, 20, 50, 100].map {
            "<option value=\"\($0)\"\($0 == 10 ? " selected" : "")>\($0)×</option>"
        }
        return [
            "<div id=\"controls\" hidden>",
            "<button id=\"play\" type=\"button\">Play</button>",
            "<label>Speed <select id=\"speed\">\(speeds.joined())</select></label>",
            "<label class=\"grow\">Moment <input id=\"moment\" type=\"range\" min=\"0\" value=\"0\" "
                + "max=\"\(Spoken.fixed(course.length, 3))\" step=\"any\"></label>",
            "<button id=\"in\" type=\"button\" aria-label=\"Zoom in\">+</button>",
            "<button id=\"out\" type=\"button\" aria-label=\"Zoom out\">−</button>",
            "<button id=\"all\" type=\"button\">Whole run</button>",
            "<p id=\"now\"></p>", "<ul id=\"record\" role=\"status\"></ul>",
            "<p class=\"gap\">← → move the moment, Shift further; + − or the wheel zoom; Space plays; a "
                + "fault's bar tells its record. The address of the page keeps the moment.</p>",
            "</div>",
        ]
    }

    private var chapters: [String] {
        guard !course.chapters.isEmpty else { return [] }
        var lines = [
            "<nav aria-label=\"Chapters and notes\">", "<h3>Chapters and notes</h3>", "<ol>",
        ]
        lines += course.chapters.map { chapter in
            "<li><a href=\"#t=\(Spoken.fixed(chapter.at, 3))\"><time>\(Spoken.clock(chapter.at))</time> "
                + "<b>\(chapter.kind)</b> \(Escaping.xml(chapter.text))</a></li>"
        }
        return lines + ["</ol>", "</nav>"]
    }

    /// What goes before the end of the page's body.
    var script: [String] {
        [
            "<script type=\"application/json\" id=\"course\">\(course.data)</script>",
            "<script>\(PageScript.text)</script>",
        ]
    }
}
