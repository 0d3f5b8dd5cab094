using System.CommandLine;
using System.IO;
using Guest.Rig;
using Guest.Rig.Host;
using Spectre.Console;

namespace Guest.Tool.Commands;

/// <summary><c>./guest build APP</c>.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        Argument<string> application = new("app") { Description = "The application: a folder of apps/." };
        Command command = new("build", "Builds an application into a bootable image.") { application };
        command.SetAction(parsed =>
        {
            Repository repository = Repository.Find();
            string name = parsed.GetRequiredValue(application);
            _ = repository.ProjectOf(name);
            HostPackages.Require(HostRequirements.Of(RequirementScope.Build));
            string image = new ImageBuilder(repository).Build(name);
            AnsiConsole.WriteLine($"{Path.GetRelativePath(repository.Root, image)}  {ImageBuilder.Size(image)}");
            return 0;
        });
        return command;
    }
}
