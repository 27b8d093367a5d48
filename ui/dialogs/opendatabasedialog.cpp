// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/opendatabasedialog.h"

#include "ui/theme.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

QString absolute(const QString &text, const QString &folder)
{
    const QString path = QDir::fromNativeSeparators(text.trimmed());
    return path.isEmpty() ? QString() : QDir::cleanPath(QDir(folder).absoluteFilePath(path));
}

} // namespace

OpenDatabaseDialog::OpenDatabaseDialog(const QString &folder, QWidget *parent)
    : QDialog(parent)
    , m_folder(folder)
    , m_database(new QLineEdit(this))
    , m_workspace(new QLineEdit(this))
    , m_readOnly(new QCheckBox(tr("Only &watch: nothing is written, no pool can be launched"), this))
    , m_note(new QLabel(this))
{
    setObjectName(QStringLiteral("openDatabaseDialog"));
    setWindowTitle(tr("Open a database"));
    setMinimumWidth(560);
    m_database->setObjectName(QStringLiteral("databasePath"));
    m_database->setAccessibleName(tr("Database"));
    m_database->setPlaceholderText(tr("a file such as clx_jobs.db"));
    m_workspace->setObjectName(QStringLiteral("workspacePath"));
    m_workspace->setAccessibleName(tr("Workspace"));
    m_workspace->setPlaceholderText(tr("the folder that inputs are read from and outputs written to"));
    m_readOnly->setObjectName(QStringLiteral("onlyWatchCheck"));
    m_note->setObjectName(QStringLiteral("openNote"));
    m_note->setWordWrap(true);
    m_note->setMinimumHeight(2 * m_note->fontMetrics().lineSpacing());
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(theme::between);
    form->setVerticalSpacing(theme::inside);
    const auto row = [this, form](const QString &label, QLineEdit *field, const char *name, const QString &spoken, auto slot) {
        auto *browse = new QPushButton(theme::icon(QStringLiteral("document-open-folder"), palette()), tr("Choose…"), this);
        browse->setObjectName(QString::fromLatin1(name));
        browse->setAccessibleName(spoken);
        browse->setAutoDefault(false);
        auto *line = new QHBoxLayout;
        line->setSpacing(theme::inside);
        line->addWidget(field, 1);
        line->addWidget(browse);
        auto *title = new QLabel(label, this);
        title->setBuddy(field);
        form->addRow(title, line);
        connect(browse, &QPushButton::clicked, this, slot);
    };
    row(tr("&Database"), m_database, "chooseDatabaseButton", tr("Choose the database"), &OpenDatabaseDialog::chooseDatabase);
    row(tr("W&orkspace"), m_workspace, "chooseWorkspaceButton", tr("Choose the workspace"), &OpenDatabaseDialog::chooseWorkspace);
    form->addRow(QString(), m_readOnly);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    m_open = buttons->button(QDialogButtonBox::Open);
    m_open->setObjectName(QStringLiteral("openButton"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addLayout(form);
    layout->addWidget(m_note);
    layout->addWidget(buttons);

    connect(m_database, &QLineEdit::textChanged, this, &OpenDatabaseDialog::followDatabase);
    connect(m_workspace, &QLineEdit::textChanged, this, &OpenDatabaseDialog::check);
    connect(m_workspace, &QLineEdit::textEdited, this, [this](const QString &text) { m_workspaceTyped = !text.isEmpty(); });
    connect(m_readOnly, &QCheckBox::toggled, this, &OpenDatabaseDialog::check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

DatabaseChoice OpenDatabaseDialog::choice() const
{
    return {absolute(m_database->text(), m_folder), absolute(m_workspace->text(), m_folder), m_readOnly->isChecked()};
}

void OpenDatabaseDialog::chooseDatabase()
{
    auto *dialog = new QFileDialog(this, tr("A database to open or to make"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setLabelText(QFileDialog::Accept, tr("Choose"));
    dialog->setNameFilters({tr("Databases (*.db *.sqlite *.sqlite3)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, m_database, &QLineEdit::setText);
    dialog->open();
}

void OpenDatabaseDialog::chooseWorkspace()
{
    auto *dialog = new QFileDialog(this, tr("The workspace"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_workspaceTyped = true;
        m_workspace->setText(path);
    });
    dialog->open();
}

void OpenDatabaseDialog::followDatabase()
{
    const QString database = absolute(m_database->text(), m_folder);
    if (!m_workspaceTyped && !database.isEmpty()) {
        QString workspace = QFileInfo(database).absolutePath();
        for (const DatabaseChoice &known : recentDatabases()) {
            if (known.database == database) {
                workspace = known.workspace;
            }
        }
        m_workspace->setText(workspace);
    }
    check();
}

void OpenDatabaseDialog::check()
{
    const DatabaseChoice now = choice();
    const QFileInfo file(now.database);
    QString problem;
    QString note;
    if (now.database.isEmpty()) {
        note = tr("Choose a database of Lifeguard, CLX or CLM. A new name makes an empty one.");
    } else if (file.isDir()) {
        problem = tr("%1 is a folder: name a file in it.").arg(now.database);
    } else if (!file.exists() && now.readOnly) {
        problem = tr("%1 does not exist, so it cannot be watched.").arg(now.database);
    } else if (!file.exists() && !QFileInfo(file.absolutePath()).isDir()) {
        problem = tr("The folder %1 does not exist.").arg(file.absolutePath());
    } else if (now.workspace.isEmpty()) {
        note = tr("Choose a workspace: the folder that inputs are read from and outputs written to.");
    } else if (!QFileInfo(now.workspace).isDir()) {
        problem = tr("The workspace %1 is not a folder that is there.").arg(now.workspace);
    } else if (!file.exists()) {
        note = tr("It does not exist yet: an empty one will be made.");
    }
    const bool able = problem.isEmpty() && !now.database.isEmpty() && !now.workspace.isEmpty();
    QPalette inks = palette();
    inks.setColor(QPalette::WindowText, problem.isEmpty() ? theme::secondaryText(inks)
                                                          : theme::readable(theme::color(theme::Hue::Bad), inks.color(QPalette::Window)));
    m_note->setPalette(inks);
    m_note->setText(problem.isEmpty() ? note : problem);
    m_open->setEnabled(able);
    m_open->setToolTip(able ? QString() : m_note->text());
}

} // namespace lifeguard
