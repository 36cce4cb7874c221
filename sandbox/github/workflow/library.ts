// GitHub's own parser and expression language. The parser imports its schemas as JSON without saying so, which plain
// Node refuses: a hook says it. Loaded dynamically, so that the hook is there first.
import { registerHooks } from 'node:module';

const sayJson = (): void => {
  registerHooks({
    load: (url, context, next) =>
      url.includes('/@actions/workflow-parser/') && url.endsWith('.json')
        ? next(url, { ...context, importAttributes: { type: 'json' } })
        : next(url, context),
  });
};

try {
  sayJson();
} catch {
  // Jest has a loader of its own, which refuses hooks and imports JSON as it comes.
}

export const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import(
  '@actions/workflow-parser'
);
export const { ErrorPolicy } = await import('@actions/workflow-parser/model/convert');
export const { isBasicExpression, isBoolean, isMapping, isNumber, isSequence, isString } = await import(
  '@actions/workflow-parser/templates/tokens/type-guards'
);
export const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
export const { convertActionTemplate } = await import('@actions/workflow-parser/actions/action-template');
export const { Lexer, Parser, Evaluator, data } = await import('@actions/expressions');
export const { TokenType } = await import('@actions/expressions/lexer');

export type { data as ExpressionData } from '@actions/expressions';
export type { ActionTemplate } from '@actions/workflow-parser/actions/action-template';
export type { Step as TemplateStep, WorkflowJob } from '@actions/workflow-parser/model/workflow-template';
export type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
export type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
