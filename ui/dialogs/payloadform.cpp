// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/payloadform.h"

#include "core/config/jobtypes.h"
#include "core/submit/jobplanner.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSpinBox>

namespace lifeguard {

PayloadForm::PayloadForm(QWidget *parent)
    : QWidget(parent)
    , m_type(new QComboBox(this))
    , m_payload(new QPlainTextEdit(this))
    , m_count(new QSpinBox(this))
    , m_error(new QLabel(this))
{
    m_type->setObjectName(QStringLiteral("payloadType"));
    m_type->setAccessibleName(tr("Type of the jobs"));
    m_type->setEditable(true);
    m_type->setToolTip(tr("noop waits and does nothing: for trying things out. Your own types need a pool with a command of yours."));
    m_type->addItem(QStringLiteral("noop"));
    for (const JobType &type : jobTypes()) {
        if (type.name != QLatin1String("noop")) {
            m_type->addItem(type.name);
        }
    }
    m_payload->setObjectName(QStringLiteral("payloadText"));
    m_payload->setAccessibleName(tr("Payload, as JSON"));
    m_payload->setFont(theme::fixedFont());
    m_payload->setPlainText(QStringLiteral("{\"sleep_ms\": 1000}"));
    m_payload->setTabChangesFocus(true);
    m_count->setObjectName(QStringLiteral("payloadCount"));
    m_count->setAccessibleName(tr("How many such jobs"));
    m_count->setRange(1, 1'000'000);
    m_count->setGroupSeparatorShown(true);
    m_error->setObjectName(QStringLiteral("payloadError"));
    m_error->setWordWrap(true);
    m_error->setTextFormat(Qt::PlainText);
    QPalette inks = palette();
    inks.setColor(QPalette::WindowText, theme::readable(theme::color(theme::Hue::Bad), inks.color(QPalette::Window)));
    m_error->setPalette(inks);

    auto *form = new QFormLayout(this);
    form->setContentsMargins(0, theme::between, 0, 0);
    form->setHorizontalSpacing(theme::between);
    form->setVerticalSpacing(theme::inside);
    form->addRow(tr("&Type"), m_type);
    form->addRow(tr("Pa&yload"), m_payload);
    form->addRow(tr("How &many"), m_count);
    form->addRow(QString(), m_error);
    connect(m_type, &QComboBox::currentTextChanged, this, &PayloadForm::check);
    connect(m_payload, &QPlainTextEdit::textChanged, this, &PayloadForm::check);
    connect(m_count, &QSpinBox::valueChanged, this, &PayloadForm::check);
    check();
}

Result<QList<NewJob>> PayloadForm::jobs(int priority) const
{
    return payloadJobs(m_type->currentText(), m_payload->toPlainText().toUtf8(), m_count->value(), priority);
}

int PayloadForm::count() const
{
    return m_count->value();
}

void PayloadForm::check()
{
    const auto one = payloadJobs(m_type->currentText(), m_payload->toPlainText().toUtf8(), 1, 0);
    m_valid = one.has_value();
    m_error->setText(one ? QString() : one.error().message);
    Q_EMIT changed();
}

} // namespace lifeguard
