using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Tool.Tests;

public sealed class HostPackagesTests
{
    private static readonly HostRequirement s_missing = new("steam-engine", "/nowhere/steam-*", "moves", RequirementScope.Build);
    private static readonly HostRequirement s_here = new("base-files", "/etc/*", "is everywhere", RequirementScope.Build);

    [Fact]
    public void What_is_missing_is_named_with_the_command_that_gets_it()
    {
        RigException refusal = Assert.Throws<RigException>(() => HostPackages.Require([s_here, s_missing], mayInstall: false));

        Assert.Equal("Missing: steam-engine. As root, run: apt-get install -y --no-install-recommends steam-engine", refusal.Message);
    }

    [Fact]
    public void Nothing_is_asked_for_where_everything_is_here() => HostPackages.Require([s_here], mayInstall: true);
}
