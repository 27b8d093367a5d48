// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/outputformatfields.h"

#include "core/config/jobtypes.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

namespace lifeguard {

OutputFormatFields::OutputFormatFields(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(theme::inside);
}

void OutputFormatFields::setTypes(const QStringList &types)
{
    if (types.isEmpty() && !m_types.isEmpty()) {
        return; // keep the fields while there is no plan
    }
    QStringList typesWithChoice;
    for (const JobType &type : jobTypes()) {
        if (type.formats.size() > 1 && (types.isEmpty() || types.contains(type.name))) {
            typesWithChoice.append(type.name);
        }
    }
    if (typesWithChoice == m_types) {
        return;
    }
    m_types = typesWithChoice;
    while (QLayoutItem *item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString &type : std::as_const(m_types)) {
        addField(type);
    }
}

void OutputFormatFields::addField(const QString &type)
{
    auto *box = new QComboBox(this);
    box->setObjectName(QStringLiteral("jobFormat-") + type);
    box->setAccessibleName(tr("Output format of %1").arg(type));
    const QStringList formats = jobType(type)->formats;
    for (const QString &format : formats) {
        box->addItem(format, format);
    }
    box->setCurrentIndex(std::max(0, box->findData(m_formats.value(type))));
    auto *label = new QLabel(tr("Format of %1").arg(type), this);
    label->setBuddy(box);
    m_layout->addWidget(label);
    m_layout->addWidget(box);
    connect(box, &QComboBox::currentIndexChanged, this, [this, box, type] {
        m_formats.insert(type, box->currentData().toString());
        Q_EMIT changed();
    });
}

} // namespace lifeguard
