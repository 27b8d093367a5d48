// SPDX-License-Identifier: GPL-3.0-or-later
// PlantUML text, and the errors that PlantUML reports.
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
        promise(diagram->firstLine >= 1 && diagram->firstLine <= text.count('\n') + text.count('\r') + 1, "the first line of a diagram exists");
        promise(diagram->text.startsWith("@start") && diagram->text.endsWith('\n'), "a diagram has the form that PlantUML needs");
        // PlantUML writes one output for each @start: a second one would shift the outputs of all later jobs.
        promise(QByteArray(1, '\n').append(diagram->text).count("\n@start") == 1, "the text contains one diagram");
        (void)checkPlantUmlErrors(text, *diagram);
    }
    (void)plantUmlDiagram(text, -1);
    return 0;
}
