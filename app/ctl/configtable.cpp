// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/configtable.h"

#include "app/ctl/table.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {

namespace {

/// Returns where a value comes from, for the table: "file, line 3".
QString sourceText(const ConfigSource &source)
{
    switch (source.kind) {
    case ConfigSource::Kind::Default:
        return Text::tr("default");
    case ConfigSource::Kind::File:
        return Text::tr("file, line %1").arg(source.position.line);
    case ConfigSource::Kind::Profile:
        return Text::tr("profile %1, line %2").arg(source.name).arg(source.position.line);
    case ConfigSource::Kind::Variable:
    case ConfigSource::Kind::Argument:
        return source.name;
    }
    return {};
}

} // namespace

QString configTable(const LoadedConfiguration &loaded)
{
    QList<QStringList> rows;
    for (const EffectiveValue &value : loaded.values) {
        rows.append({value.path, value.text, sourceText(value.source)});
    }
    return formatTable({Text::tr("KEY"), Text::tr("VALUE"), Text::tr("FROM")}, rows);
}

} // namespace lifeguard::ctl
