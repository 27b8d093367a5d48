// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes notebooks, and the error reports of the Python helper.
#include "core/formats/notebookinput.h"
#include "core/worker/notebookerrors.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = toBytes(data, size);
    (void)isNotebookScript(text);
    (void)notebookLanguage(text, QStringLiteral("a.ipynb"));
    const QJsonDocument document = QJsonDocument::fromJson(text);
    if (!document.isObject())
        return 0;
    const Error error = notebookError(document.object());
    require(!error.message.trimmed().isEmpty(), "an error has a message");
    return 0;
}
