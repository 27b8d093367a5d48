// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/configconsentdialog.h"

#include "core/base/secretmasking.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>

namespace lifeguard {

namespace {

constexpr qsizetype linesShown = 12;

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::configConsentDialog)
};

QString programLines(const Configuration &configuration)
{
    QStringList lines = programSummaries(configuration);
    if (lines.isEmpty()) {
        return Text::tr("The file describes no pools and no hooks.");
    }
    const int others = int(std::max<qsizetype>(0, lines.size() - linesShown));
    lines = lines.mid(0, linesShown);
    if (others > 0) {
        lines.append(Text::tr("%Ln more", nullptr, others));
    }
    return Text::tr("Its pools and hooks, and their programs:") + QLatin1Char('\n') + lines.join(QLatin1Char('\n'));
}

} // namespace

QMessageBox *configConsentDialog(const ConfigSelection &selection, QWidget *parent)
{
    auto *box = new QMessageBox(QMessageBox::Question, Text::tr("Use this file?"),
                                Text::tr("The workspace contains the configuration file %1, which can name programs to "
                                         "run. Use it only if you trust its author.")
                                    .arg(selection.found.path),
                                QMessageBox::NoButton, parent);
    box->setObjectName(QStringLiteral("configConsentDialog"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    if (selection.result) {
        box->setInformativeText(programLines(selection.result->configuration));
    }
    box->setDetailedText(maskSecrets(QString::fromUtf8(selection.content)));
    QPushButton *accept = box->addButton(Text::tr("Use this file"), QMessageBox::AcceptRole);
    accept->setObjectName(QStringLiteral("useConfigButton"));
    QPushButton *reject = box->addButton(Text::tr("Open without it"), QMessageBox::RejectRole);
    reject->setObjectName(QStringLiteral("openWithoutConfigButton"));
    box->setDefaultButton(reject);
    box->setEscapeButton(reject);
    return box;
}

bool askForConfigConsent(const ConfigSelection &selection)
{
    const QPointer<QMessageBox> box = configConsentDialog(selection, nullptr);
    bool isAccepted = false;
    QObject::connect(box, &QMessageBox::buttonClicked, box, [&isAccepted, &box](QAbstractButton *button) {
        isAccepted = box->buttonRole(button) == QMessageBox::AcceptRole;
    });
    box->exec();
    return isAccepted;
}

} // namespace lifeguard
