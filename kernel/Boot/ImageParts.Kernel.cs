using System.Diagnostics.CodeAnalysis;

namespace Guest.Boot;

/// <summary>Which parts of the kernel this image has beside what every image has. Its application's project says so (build/Guest.Sdk/Image.targets), and
/// the native compiler writes the answers in: what is behind a no is not in the image.</summary>
internal static class ImageParts
{
    /// <summary>Disks and their drivers: where the application's project refers to kernel/Storage.</summary>
    [FeatureSwitchDefinition("Guest.Disks")]
    public static bool Disks => true;
}
