// SPDX-License-Identifier: GPL-3.0-or-later
// PlantUML text, and what PlantUML says about it.
#include "core/formats/plantumltext.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = bytesOf(data, size);
    const QStringList names = plantUmlNames(text);
    (void)plantUmlIncludes(QString::fromUtf8(text));
    for (qsizetype index = 0; index <= names.size(); ++index) {
        const auto diagram = plantUmlDiagram(text, int(index));
        if (!diagram)
            continue;
        promise(diagram->firstLine >= 1 && diagram->firstLine <= text.count('\n') + text.count('\r') + 1, "a diagram begins at a line of its text");
        promise(diagram->text.startsWith("@start") && diagram->text.endsWith('\n'), "a diagram is what PlantUML asks for");
        // One answer for each: a second @start would shift the answers of all jobs behind it.
        promise(QByteArray(1, '\n').append(diagram->text).count("\n@start") == 1, "a diagram is one diagram");
        (void)plantUmlVerdict(text, *diagram);
    }
    (void)plantUmlDiagram(text, -1);
    return 0;
}
