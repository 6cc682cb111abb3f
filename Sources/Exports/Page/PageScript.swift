/// The script of a page: a cursor over the timeline, zoom, and a walk through time. It writes texts as
/// texts only, asks nobody, and keeps nothing but the moment in the page's address.
enum PageScript {
    /// SHA-256 of `text` in Base64: the page's policy runs this script and no other one.
    static let digest = "IPjpXMWee0BZLq+3zkZpqc3Wp31N891PBnuPqG0FtZI="

    static let text = #"""
        "use strict";
        const data = JSON.parse(document.getElementById("course").textContent);
        const svg = document.querySelector("#timeline svg");
        const axis = svg.querySelector(".axis"), cursor = svg.querySelector(".cursor");
        const byId = name => document.getElementById(name);
        const slider = byId("moment"), play = byId("play");
        const total = svg.viewBox.baseVal.width, right = data.left + data.width;
        let now = 0, from = 0, to = data.length, walk = null, keeping = null, kept = "";
        const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
        const visible = time =>
            clamp(data.left + data.width * (time - from) / (to - from), data.left, right);
        // Words
        function clock(seconds, decimals = 1) {
            const two = number => String(Math.floor(number)).padStart(2, "0");
            const time = seconds + 1e-9, tenth = decimals ? "." + Math.floor(time * 10 % 10) : "";
            return two(time / 60) + ":" + two(time % 60) + tenth;
        }
        const duration = value => !value ? "0 s" : value < 0.001 ? Math.round(value * 1e6) + " us"
            : value < 1 ? +(value * 1e3).toPrecision(3) + " ms" : +value.toPrecision(3) + " s";
        const told = { available: value => Math.floor(value * 1e4) / 100 + " %", p99: duration,
            lag: duration, rate: value => +value.toFixed(value < 10 ? 1 : 0) + "/s" };
        function reading(curve) {
            const index = Math.min(curve.last.length - 1, Math.floor(now / data.step));
            const low = (curve.low || curve.last)[index], high = (curve.high || curve.last)[index];
            const say = told[curve.kind];
            return low === null ? "–" : low === high ? say(low) : say(low) + "…" + say(high);
        }
        function state(lane) {
            const word = data.words[lane.was[lane.at.findLastIndex(time => time <= now)] ?? 0];
            return word === "nothing" ? "–" : word;
        }
        function sentence() {
            const acting = data.faults.filter(fault => fault.from <= now && now <= fault.to);
            const nodes = data.lanes.slice(0, 12).map(lane => lane.name + " " + state(lane));
            if (data.lanes.length > 12) nodes.push((data.lanes.length - 12) + " more");
            const values = data.curves.map(curve => [curve.name, reading(curve)])
                .filter(([, value]) => value !== "–").map(pair => pair.join(" "));
            const faults = acting.map(fault => fault.record[0]).join("; ");
            return clock(now) + "  " + [nodes.join(", "), values.join(", "),
                faults ? "acting: " + faults : "no fault acts"].filter(part => part).join(" · ");
        }

        // Drawing
        function set(element, attributes) {
            for (const key in attributes) element.setAttribute(key, attributes[key]);
        }
        function add(parent, name, attributes, text) {
            const made = document.createElementNS("http://www.w3.org/2000/svg", name);
            set(made, attributes);
            parent.appendChild(made).textContent = text;
        }
        function drawAxis() {
            const span = to - from, bottom = cursor.getAttribute("y2");
            const step = data.ticks.find(tick => span / tick <= 12) || span / 12;
            axis.replaceChildren();
            for (let tick = Math.ceil(from / step - 1e-9); tick * step <= to + 1e-9; tick += 1) {
                const time = tick * step, x = visible(time);
                add(axis, "line", { class: "grid", x1: x, x2: x, y1: 20, y2: bottom }, "");
                add(axis, "text", { class: "quiet", x, y: 14, "text-anchor": "middle" },
                    step < 1 ? time.toFixed(step < 0.1 ? 3 : 1) + " s" : clock(time, 0));
            }
        }
        function drawShapes() {
            for (const group of svg.querySelectorAll("[data-t]")) {
                const begin = +group.dataset.t, end = +(group.dataset.u || begin);
                const a = visible(begin), b = visible(end), isLetter = group.tagName === "g";
                const shape = group.firstElementChild, text = group.querySelector("text");
                group.style.display = end < from || begin > to ? "none" : "";
                if (shape.tagName === "line") set(shape, { x1: a, x2: a });
                else set(shape, { x: a, width: Math.max(1.5, b - a) });
                if (!text) continue;
                const room = isLetter ? 0 : 7.2 * text.textContent.length;
                set(text, { display: isLetter && b - a <= 14 ? "none" : "inline",
                    x: Math.max(data.left + 4, Math.min(a + 5, total - 4 - room)) });
            }
        }
        function drawCurves() {
            for (const path of svg.querySelectorAll("[data-curve]")) {
                const { base, height, top, side, curve: index } = path.dataset;
                const curve = data.curves[index], values = curve[side] || curve.last;
                const isArea = !path.classList.contains("drawn");
                const last = Math.min(values.length - 1, Math.floor(to / data.step));
                const close = isArea ? "V" + base + "Z" : "";
                let d = "", isOpen = false;
                for (let point = Math.floor(from / data.step); point <= last; point += 1) {
                    if (values[point] !== null) {
                        const y = base - height * clamp(values[point] / top, 0, 1);
                        if (!isOpen) d += `M${visible(point * data.step)} ${isArea ? base : y}`;
                        d += "V" + y + "H" + visible((point + 1) * data.step);
                    } else if (isOpen) d += close;
                    isOpen = values[point] !== null;
                }
                path.setAttribute("d", isOpen ? d + close : d);
            }
        }        function showMoment() {
            set(cursor, { x1: visible(now), x2: visible(now) });
            cursor.style.display = now < from || now > to ? "none" : "inline";
            for (const text of svg.querySelectorAll("[data-lane-readout]"))
                text.textContent = state(data.lanes[text.dataset.laneReadout]);
            for (const text of svg.querySelectorAll("[data-curve-readout]"))
                text.textContent = reading(data.curves[text.dataset.curveReadout]);
            slider.value = now;
            byId("now").textContent = sentence();
            slider.setAttribute("aria-valuetext", byId("now").textContent);
        }

        // Moving
        function keep() {
            keeping = null;
            kept = "#t=" + +now.toFixed(3);
            try { history.replaceState(null, "", kept); } catch { location.replace(kept); }
        }
        function go(time) {
            now = clamp(time, 0, data.length);
            if (now < from || now > to) look(now - (to - from) / 2, to - from);
            else showMoment();
            if (keeping === null) keeping = setTimeout(keep, 400);
        }
        function look(begin, span) {
            span = clamp(span, Math.min(data.length, 0.05), data.length);
            from = clamp(begin, 0, data.length - span);
            to = from + span;
            drawAxis();
            drawShapes();
            drawCurves();
            showMoment();
        }
        function zoom(factor, around = now) {
            const span = (to - from) * factor;
            look(around - (around - from) * factor, span);
        }
        function record(fault) {
            byId("record").replaceChildren();
            for (const line of fault.record)
                byId("record").appendChild(document.createElement("li")).textContent = line;
            walkTo(fault.from);
        }
        function stop() {
            cancelAnimationFrame(walk);
            walk = null;
            play.textContent = "Play";
        }
        function start() {
            if (now >= data.length) go(0);
            let before = performance.now();
            const tick = at => {
                go(now + Math.max(0, at - before) / 1000 * byId("speed").value);
                before = at;
                if (now < data.length) walk = requestAnimationFrame(tick); else stop();
            };
            play.textContent = "Pause";
            walk = requestAnimationFrame(tick);
        }
        const toggle = () => walk === null ? start() : stop(), walkTo = time => { stop(); go(time); };
        function follow() {
            const match = /^#t=([0-9]+(\.[0-9]+)?)$/.exec(location.hash);
            if (match && location.hash !== kept) walkTo(+match[1]);
        }
        function timeAt(event) {
            const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) * total / box.width;
            const share = (x - data.left) / data.width;
            return share < 0 || share > 1 ? null : from + share * (to - from);
        }

        // Listening
        for (const kind of ["pointermove", "pointerdown"]) svg.addEventListener(kind, event => {
            if (timeAt(event) !== null && walk === null) go(timeAt(event));
        });
        svg.addEventListener("wheel", event => {
            const time = timeAt(event);
            if (time === null || (event.deltaY > 0 && to - from >= data.length)) return;
            event.preventDefault();
            zoom(event.deltaY > 0 ? 1.25 : 0.8, time);
        }, { passive: false });
        svg.addEventListener("click", event => {
            const link = event.target.closest("a");
            if (!link) return;
            event.preventDefault();
            record(data.faults.find(fault => "#fault-" + fault.id === link.getAttribute("href")));
        });
        slider.addEventListener("input", () => walkTo(+slider.value));
        const buttons = { play: toggle, in: () => zoom(0.5), out: () => zoom(2),
            all: () => look(0, data.length) };
        for (const name in buttons) byId(name).addEventListener("click", buttons[name]);
        document.addEventListener("keydown", event => {
            if (event.ctrlKey || event.altKey || event.metaKey) return;
            const field = event.target.tagName, step = (to - from) / (event.shiftKey ? 10 : 200);
            const keys = {
                ArrowLeft: () => walkTo(now - step), ArrowRight: () => walkTo(now + step),
                "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), " ": toggle };
            if (!keys[event.key] || field === "SELECT") return;
            if (event.key === " " && field !== "BODY" && field !== "INPUT") return;
            event.preventDefault();
            keys[event.key]();
        });
        addEventListener("hashchange", follow);
        byId("controls").hidden = false;
        look(0, data.length);
        follow();
        """#
}
