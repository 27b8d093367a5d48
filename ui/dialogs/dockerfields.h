// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/containerprotections.h"
#include "core/docker/dockertypes.h"

#include <QWidget>

#include <array>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

namespace lifeguard {

/// The fields of the launch dialog for a pool in containers: image, network, number of processes, and the protections
/// that are given up. The image can be selected from those that the engine has, or typed.
class DockerFields : public QWidget
{
    Q_OBJECT

public:
    explicit DockerFields(QWidget *parent = nullptr);

    /// Sets the job type, which determines the order of the images and the default image.
    void setType(const QString &type);
    /// Sets the images that the engine has.
    void setImages(const QList<DockerImage> &images);
    void setConfig(const WorkerConfig &config);
    /// Copies the values into the configuration. In the mode Docker, an empty image becomes the default image of the
    /// type.
    void writeTo(WorkerConfig &config) const;
    /// Shows the fields for the protections if all workers will be containers, or if a protection is given up.
    void setMode(ExecutionMode mode);
    /// Sets the number of the row, which is part of the accessible names.
    void setRowNumber(int number);
    /// Returns whether any of these values differs from its default.
    [[nodiscard]] static bool differsFromDefaults(const WorkerConfig &config);

Q_SIGNALS:
    void changed();

private:
    void updateImages();
    [[nodiscard]] QCheckBox *createProtectionField(const ContainerProtection &protection);

    QString m_type;
    QList<DockerImage> m_images;
    QComboBox *m_image;
    QLineEdit *m_network;
    QSpinBox *m_pids;
    QWidget *m_protectionFields;
    std::array<QCheckBox *, containerProtections.size()> m_protections; ///< in the order of containerProtections
};

} // namespace lifeguard
