// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes PlantUML text, and the messages and pictures of PlantUML about it.
#include "core/formats/plantumldata.h"
#include "core/formats/plantumlreferences.h"
#include "core/formats/plantumlresult.h"
#include "core/formats/plantumltext.h"
#include "tests/fuzz/targets/fuzz.h"

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = toBytes(data, size);
    const QStringList names = plantUmlNames(text);
    require(plantUmlPageCounts(text).size() == names.size(), "each diagram has a number of pages");
    const PlantUmlReferences references = plantUmlReferences(QString::fromUtf8(text));
    for (const PlantUmlReference &reference : references.named)
        require(!reference.name.isEmpty() && reference.line <= text.count('\n'), "a reference has a name and a line");
    for (qsizetype index = 0; index <= names.size(); ++index) {
        const auto diagram = plantUmlDiagram(text, int(index));
        if (!diagram)
            continue;
        require(diagram->firstLine >= 1 && diagram->firstLine <= text.count('\n') + text.count('\r') + 1,
                "a diagram begins at a line of its file");
        require(diagram->text.startsWith("@start") && diagram->text.endsWith('\n'),
                "a diagram begins with @start and ends with a line break");
        // PlantUML prints one result per @start; a second one would shift the results of all following jobs.
        require(QByteArray(1, '\n').append(diagram->text).count("\n@start") == 1, "a diagram contains a single @start");
        (void)checkPlantUmlErrors(text, *diagram);
        (void)checkPlantUmlSvg(text, *diagram, references);
        require(brokenDataLine(*diagram) <= diagram->text.count('\n'), "broken data is at a line of the diagram");
    }
    (void)plantUmlDiagram(text, -1);
    return 0;
}
