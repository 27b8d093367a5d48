// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clmcase.h"

#include "places.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QJsonDocument>

namespace lifeguard::test {

ClmCase::ClmCase(const QString &name, const QString &program)
    : folder(clmCasesFolder() + name + u'/')
    , isOfClm(program == s("clm"))
    , description(readObject(folder + s("case.json")))
    , expected(readObject(folder + s("expected-") + program + s(".json")))
    , right(readObject(folder + s("right-") + program + s(".json")))
{
}

QJsonObject ClmCase::result(const QString &key) const
{
    const QJsonObject &results = right.isEmpty() ? expected : right;
    const QJsonObject found = results.value(key).toObject();
    const QString other = found.value(s("same_as")).toString();
    return other.isEmpty() ? found : results.value(other).toObject();
}

QString ClmCase::deckName() const
{
    return description.value(s("file")).toString();
}

QByteArray ClmCase::deck() const
{
    return contentOf(folder + deckName());
}

QJsonObject ClmCase::payload(const QStringList &key) const
{
    QJsonObject others;
    const QJsonArray siblings = description.value(s("siblings")).toArray();
    for (const QJsonValue &sibling : siblings) {
        const QByteArray content = contentOf(folder + sibling.toString());
        others.insert(sibling.toString(), QString::fromLatin1(content.toBase64()));
    }
    QJsonObject payload{{s("correlation_id"), s("c")},     {s("kind"), key.at(0)},
                        {s("language"), key.at(1)},        {s("format"), key.at(2)},
                        {s("other_files"), others},        {s("prog_lang"), description.value(s("prog_lang"))},
                        {s("input_file_name"), deckName()}};
    if (!isOfClm)
        return payload;
    payload.insert(s("template_fingerprint"), s("T"));
    const QJsonObject further = description.value(s("payload")).toObject();
    for (auto value = further.constBegin(); value != further.constEnd(); ++value)
        payload.insert(value.key(), *value);
    return payload;
}

QString clmCasesFolder()
{
    return s(LIFEGUARD_SOURCE_DIR "/tests/data/clm-notebooks/");
}

QJsonObject readObject(const QString &path)
{
    return QJsonDocument::fromJson(contentOf(path)).object();
}

QJsonArray cellsIn(const QByteArray &notebook)
{
    QJsonArray cells;
    const QJsonArray read = QJsonDocument::fromJson(notebook).object().value(s("cells")).toArray();
    for (const QJsonValue &value : read) {
        const QJsonObject cell = value.toObject();
        QJsonObject shown{{s("type"), cell.value(s("cell_type"))}, {s("source"), joined(cell.value(s("source")))}};
        if (const QJsonObject metadata = cell.value(s("metadata")).toObject(); !metadata.isEmpty())
            shown.insert(s("metadata"), metadata);
        cells.append(shown);
    }
    return cells;
}

QByteArray toText(const QJsonValue &value)
{
    return QJsonDocument(QJsonObject{{s("value"), value}}).toJson();
}

} // namespace lifeguard::test
