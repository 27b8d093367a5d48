// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/docker/dockertypes.h"
#include "core/pool/workerpoolmanager.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace lifeguard {

/// What a pool to be launched in containers needs: its image, out of those that the engine has or by name, its network, and how many
/// processes a container may have.
class DockerFields : public QWidget
{
    Q_OBJECT

public:
    explicit DockerFields(QWidget *parent = nullptr);

    /// The type decides which images come first, and which is meant where none is named.
    void setType(const QString &type);
    /// What the engine has; before it has answered there is nothing to choose from.
    void setImages(const QList<DockerImage> &images);
    void setConfig(const WorkerConfig &config);
    /// An image that is not named is, with Docker, the usual one of the type.
    void writeTo(WorkerConfig &config) const;
    /// For the names of the controls.
    void setNumber(int number);
    /// Whether anything in it differs from the defaults.
    [[nodiscard]] static bool isUnusual(const WorkerConfig &config);

Q_SIGNALS:
    void changed();

private:
    void fill();

    QString m_type;
    QList<DockerImage> m_images;
    QComboBox *m_image;
    QLineEdit *m_network;
    QSpinBox *m_pids;
};

/// What is to be said of Docker below a pool to be launched.
struct DockerRemark
{
    QString text; ///< empty: nothing
    bool isError = false; ///< it cannot be launched so
    bool isWarning = false;
    bool runsInContainers = false; ///< nothing of this machine is needed

    bool operator==(const DockerRemark &) const = default;
};

/// view: nothing while the engine is being asked. A pure function.
[[nodiscard]] DockerRemark dockerRemark(const WorkerConfig &config, const std::optional<DockerOverview> &view);

} // namespace lifeguard
